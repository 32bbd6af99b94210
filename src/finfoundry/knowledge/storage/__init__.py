"""Documents, passages and facts as rows of the database, in and out."""
