"""The one pricing algorithm: compiled rate sheets and the explained scalar evaluator."""
