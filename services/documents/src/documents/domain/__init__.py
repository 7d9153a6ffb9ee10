"""The rules of documents: failures, and which mail follows from which news."""
