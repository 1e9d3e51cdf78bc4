CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN percent AS integer CHECK (VALUE >= 0 AND VALUE <= 100);
CREATE DOMAIN code AS character varying(8) NOT NULL CONSTRAINT code_check CHECK (VALUE ~ '^[A-Z]{2}-[0-9]{3,4}$');
CREATE TABLE country (
    iso char(2) NOT NULL PRIMARY KEY CHECK (iso = upper(iso)),
    name varchar(40) NOT NULL UNIQUE,
    continent text NOT NULL CHECK (continent IN ('Africa', 'America', 'Asia', 'Europe', 'Oceania'))
);
CREATE TABLE customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL CONSTRAINT customer_email_key UNIQUE CONSTRAINT email_form CHECK (email LIKE '%_@_%.__%'),
    country char(2) REFERENCES country (iso),
    born date CHECK (born > '1900-01-01' AND born < '2020-01-01'),
    score percent,
    feeling mood DEFAULT 'ok' CHECK (feeling <> 'sad'),
    referred_by bigint REFERENCES customer (id) CONSTRAINT not_self CHECK (referred_by <> id),
    tag code,
    first_name text, last_name text,
    CONSTRAINT some_name CHECK (first_name IS NOT NULL OR last_name IS NOT NULL),
    CONSTRAINT name_length CHECK (char_length(coalesce(first_name, '') || coalesce(last_name, '')) BETWEEN 1 AND 60)
);
CREATE TABLE product (
    sku varchar(12) PRIMARY KEY CHECK (sku SIMILAR TO 'P[0-9]{4}%'),
    price numeric(10,2) NOT NULL CHECK (price > 0),
    sale_price numeric(10,2),
    weight double precision CHECK (weight IS NULL OR weight >= 0.5),
    stock integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0,
    kind text NOT NULL,
    discontinued boolean NOT NULL DEFAULT false,
    CONSTRAINT sale_below_price CHECK (sale_price < price),
    CONSTRAINT reserved_in_stock CHECK (reserved >= 0 AND reserved <= stock),
    CONSTRAINT kind_case CHECK (CASE WHEN kind = 'virtual' THEN weight IS NULL ELSE kind IN ('book', 'tool') END),
    CONSTRAINT none_left CHECK (NOT (discontinued AND stock > 0))
);
CREATE TABLE orders (
    customer_id bigint NOT NULL REFERENCES customer ON DELETE CASCADE,
    number integer NOT NULL CHECK (number % 2 = 1),
    placed timestamp with time zone NOT NULL,
    shipped timestamp with time zone,
    channel text COLLATE "C" CHECK (channel >= 'a' AND channel < 'n'),
    total numeric(12,2) NOT NULL, net numeric(12,2) NOT NULL, tax numeric(12,2) NOT NULL,
    PRIMARY KEY (customer_id, number),
    CONSTRAINT ships_later CHECK (shipped >= placed),
    CONSTRAINT sums CHECK (total = net + tax)
);
CREATE TABLE line (
    customer_id bigint NOT NULL,
    number integer NOT NULL,
    position smallint NOT NULL CHECK (position > 0),
    sku varchar(12) NOT NULL REFERENCES product,
    replaced_by smallint,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    PRIMARY KEY (customer_id, number, position),
    FOREIGN KEY (customer_id, number) REFERENCES orders (customer_id, number),
    CONSTRAINT line_replaced FOREIGN KEY (customer_id, number, replaced_by) REFERENCES line (customer_id, number, position),
    CONSTRAINT once UNIQUE (customer_id, number, sku)
);
CREATE TABLE seat (
    room integer, row_letter char(1), place integer,
    holder bigint,
    UNIQUE NULLS NOT DISTINCT (room, row_letter),
    UNIQUE (place)
);
CREATE TABLE part (
    a integer, b integer,
    pair_a integer, pair_b integer,
    full_a integer, full_b integer,
    UNIQUE (a, b),
    CONSTRAINT part_simple FOREIGN KEY (pair_a, pair_b) REFERENCES part (a, b),
    CONSTRAINT part_full FOREIGN KEY (full_a, full_b) REFERENCES part (a, b) MATCH FULL
);
CREATE TABLE husband (id integer PRIMARY KEY, wife integer NOT NULL);
CREATE TABLE wife (id integer PRIMARY KEY, husband integer NOT NULL REFERENCES husband);
ALTER TABLE husband ADD CONSTRAINT husband_wife_fkey FOREIGN KEY (wife) REFERENCES wife (id) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE account (
    id uuid PRIMARY KEY,
    login text NOT NULL,
    deleted_at timestamp without time zone,
    settings jsonb NOT NULL,
    ip inet, hardware macaddr, raw bytea, span int4range, tags text[],
    opens time without time zone, closes time without time zone,
    CONSTRAINT hours CHECK (opens < closes),
    CONSTRAINT one_address CHECK (num_nonnulls(ip, hardware) <= 1),
    EXCLUDE USING gist (span WITH &&)
);
CREATE UNIQUE INDEX account_login ON account (lower(login)) WHERE deleted_at IS NULL;
CREATE TABLE booking (
    id integer PRIMARY KEY,
    starts date NOT NULL, ends date NOT NULL,
    nights integer GENERATED ALWAYS AS (ends - starts) STORED,
    rate numeric CHECK (rate >= 10 AND rate <= 1000 AND rate <> 13),
    note character varying(20) CHECK (length(trim(note)) >= 3),
    CONSTRAINT dates CHECK (ends > starts AND ends - starts <= 30),
    CONSTRAINT never CHECK (rate < 2000)
);
CREATE TABLE measure (
    taken date NOT NULL, station integer NOT NULL, value real CHECK (abs(value) < 100),
    PRIMARY KEY (taken, station)
) PARTITION BY RANGE (taken);
CREATE TABLE measure_2023 PARTITION OF measure FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE measure_2024 PARTITION OF measure FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE animal (id integer PRIMARY KEY, legs integer CHECK (legs IN (0, 2, 4, 6, 8)));
CREATE TABLE dog (chip text UNIQUE CHECK (chip ILIKE 'dog-%')) INHERITS (animal);
