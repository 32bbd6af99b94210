-- Money whose currency no sign, word, table or document states has no unit. Until now it was taken for USD, in Chinese documents for CNY.
ALTER TABLE facts ALTER COLUMN unit DROP NOT NULL;
