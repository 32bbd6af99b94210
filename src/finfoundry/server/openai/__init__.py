"""The API that clients of other makers speak: chat completions, responses, models, embeddings, reranking."""
