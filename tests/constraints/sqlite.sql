CREATE TABLE country (
  iso TEXT PRIMARY KEY CHECK (length(iso) = 2),
  name TEXT NOT NULL UNIQUE COLLATE NOCASE
);
CREATE TABLE "Person" (
  [Id] INTEGER PRIMARY KEY AUTOINCREMENT,
  [Name] NVARCHAR(40) NOT NULL,
  Country TEXT REFERENCES country (iso),
  Boss INTEGER REFERENCES "Person" ([Id]),
  Born DATE CHECK ([Born] GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
  Active BOOLEAN NOT NULL DEFAULT 1 CHECK (Active IN (0, 1)),
  Grade CHAR(1) CHECK (Grade IN ('A', 'B', 'C') OR Grade IS NULL),
  Email TEXT CONSTRAINT email_form CHECK (Email LIKE '%_@_%'),
  CHECK (Boss <> [Id])
);
CREATE TABLE price (
  product INTEGER NOT NULL, day TEXT NOT NULL,
  amount NUMERIC NOT NULL CHECK (amount >= 0 AND amount < 1000),
  discount REAL DEFAULT 0 CHECK ([discount] BETWEEN 0 AND 1),
  PRIMARY KEY (product, day)
) WITHOUT ROWID;
CREATE TABLE sale (
  id INTEGER PRIMARY KEY,
  product INTEGER, day TEXT,
  low INT CHECK (low > 0), high INT,
  state TEXT NOT NULL DEFAULT 'new' CHECK (state == 'new' OR state == 'paid' OR state == 'sent'),
  FOREIGN KEY (product, day) REFERENCES price (product, day),
  CONSTRAINT ordered CHECK (low <= high),
  UNIQUE (product, day, state)
);
CREATE TABLE loose (a TEXT PRIMARY KEY, b BLOB, c, CHECK (c IS NULL OR length(c) > 1), CHECK (b IS NOT NULL OR c IS NOT NULL));
CREATE UNIQUE INDEX loose_b ON loose (b) WHERE b IS NOT NULL;
CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INTEGER NOT NULL REFERENCES egg (id));
CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INTEGER NOT NULL REFERENCES hen (id));
