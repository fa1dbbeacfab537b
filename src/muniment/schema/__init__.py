"""Kinds of documents, their versions, and how a document goes from one to another: pure, raw JSON in, raw JSON out."""
