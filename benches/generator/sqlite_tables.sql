PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE customers (
    id INTEGER NOT NULL PRIMARY KEY,
    first_name VARCHAR(100) NOT NULL,
    last_name VARCHAR(100) NOT NULL,
    email VARCHAR(255) NOT NULL UNIQUE,
    phone VARCHAR(40),
    address VARCHAR(200),
    city VARCHAR(100),
    ssn VARCHAR(20) UNIQUE,
    dob DATE,
    ip TEXT,
    notes TEXT,
    profile JSON,
    created_at TIMESTAMP NOT NULL
);
CREATE TABLE orders (
    id INTEGER NOT NULL PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    customer_email VARCHAR(255) NOT NULL REFERENCES customers (email),
    status VARCHAR(20) NOT NULL,
    total NUMERIC(12,2) NOT NULL,
    shipping_address VARCHAR(200),
    gift_note TEXT,
    placed_at TIMESTAMP NOT NULL
);
CREATE TABLE payments (
    id INTEGER NOT NULL PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders (id),
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    card_number VARCHAR(32),
    iban VARCHAR(40),
    amount NUMERIC(12,2) NOT NULL,
    billing_name VARCHAR(200),
    paid_at TIMESTAMP
);
