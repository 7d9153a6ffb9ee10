"""What is printed and mailed: words, texts in two languages, views of documents, templates."""
