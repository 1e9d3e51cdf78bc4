CREATE TABLE country (
  iso char(2) NOT NULL,
  name varchar(40) NOT NULL,
  PRIMARY KEY (iso),
  UNIQUE KEY country_name (name),
  CONSTRAINT iso_long CHECK (char_length(iso) = 2)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE customer (
  id int unsigned NOT NULL AUTO_INCREMENT,
  email varchar(80) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL,
  country char(2) DEFAULT NULL,
  boss int unsigned DEFAULT NULL,
  status enum('new','active','gone') NOT NULL DEFAULT 'new',
  flags set('a','b','c') DEFAULT NULL,
  born date DEFAULT NULL,
  age tinyint unsigned DEFAULT NULL CHECK (age between 18 and 120),
  balance decimal(10,2) NOT NULL DEFAULT 0.00,
  credit decimal(10,2) DEFAULT NULL,
  vip boolean DEFAULT NULL,
  settings json DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY customer_email (email),
  UNIQUE KEY customer_country (country, born),
  CONSTRAINT customer_of FOREIGN KEY (country) REFERENCES country (iso),
  CONSTRAINT customer_boss FOREIGN KEY (boss) REFERENCES customer (id) ON DELETE SET NULL,
  CONSTRAINT email_form CHECK (email LIKE '%_@_%'),
  CONSTRAINT born_range CHECK (born > '1900-01-01' and born < '2020-01-01'),
  CONSTRAINT money CHECK (balance + coalesce(credit, 0) >= 0),
  CONSTRAINT vips CHECK (vip <> 1 OR balance > 1000),
  CONSTRAINT gone CHECK (status <> 'gone' OR vip IS NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE stay (
  customer_id int unsigned NOT NULL,
  number smallint NOT NULL,
  begins datetime NOT NULL,
  ends datetime DEFAULT NULL,
  code varchar(10) NOT NULL,
  twice int GENERATED ALWAYS AS (number * 2) STORED,
  PRIMARY KEY (customer_id, number),
  CONSTRAINT stay_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT stay_dates CHECK (ends >= begins),
  CONSTRAINT stay_code CHECK (code REGEXP '^[a-z]{2}[0-9]+$'),
  CONSTRAINT stay_number CHECK (number in (1, 2, 3) XOR number > 100)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE hen (id int NOT NULL PRIMARY KEY, egg int NOT NULL) ENGINE=InnoDB;
CREATE TABLE egg (id int NOT NULL PRIMARY KEY, hen int NOT NULL, CONSTRAINT egg_hen FOREIGN KEY (hen) REFERENCES hen (id)) ENGINE=InnoDB;
ALTER TABLE hen ADD CONSTRAINT hen_egg FOREIGN KEY (egg) REFERENCES egg (id);
