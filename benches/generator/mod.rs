//! A seeded `pg_dump` of a web shop: customers, orders and payments, with an e-mail address as a foreign key.
//!
//! Every row is a function of seed, table and row number, so that an order can name its customer without any table in
//! memory. The same seed and size give the same bytes on any machine. Everybody in it is made of word lists.

mod random;
mod values;
mod words;

use std::io::{self, Write};

use random::Random;
use values::{address, card, date, iban, note, phone, pick, ssn, timestamp};
use words::{CITIES, FIRST_NAMES, HOSTS, LAST_NAMES, STATUSES, WORDS};

/// Masks eleven columns; `orders.customer_email` is one of them, by its foreign key.
pub(crate) const MASK_POLICY: &str = include_str!("mask.toml");

/// Masks nothing.
pub(crate) const KEEP_POLICY: &str = include_str!("keep.toml");

/// A dump of so many customers; there are twice as many orders, and three payments for four orders.
#[derive(Clone, Copy)]
pub(crate) struct Workload {
    /// Fixes all rows.
    pub(crate) seed: u64,
    /// Rows of `customers`.
    pub(crate) customers: u64,
}

impl Workload {
    /// A workload whose dump has about so many bytes.
    pub(crate) fn of_size(seed: u64, bytes: u64) -> Self {
        Self { seed, customers: (bytes / BYTES_PER_CUSTOMER).max(1) }
    }

    /// Writes the dump.
    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(TABLES.as_bytes())?;
        self.write_table(out, CUSTOMERS, self.customers, Self::customer)?;
        self.write_table(out, ORDERS, self.orders(), Self::order)?;
        self.write_table(out, PAYMENTS, self.orders() * 3 / 4, Self::payment)?;
        out.write_all(KEYS.as_bytes())
    }

    /// Writes what `pg_dump -s` would.
    pub(crate) fn write_schema(out: &mut impl Write) -> io::Result<()> {
        out.write_all(TABLES.as_bytes())?;
        out.write_all(KEYS.as_bytes())
    }

    fn orders(&self) -> u64 {
        self.customers * 2
    }

    fn write_table(
        &self,
        out: &mut impl Write,
        head: &str,
        rows: u64,
        row: impl Fn(&Self, u64, &mut Row),
    ) -> io::Result<()> {
        out.write_all(head.as_bytes())?;
        let mut line = Row::default();
        for id in 1..=rows {
            line.bytes.clear();
            row(self, id, &mut line);
            line.bytes.push(b'\n');
            out.write_all(&line.bytes)?;
        }
        out.write_all(b"\\.\n\n\n")
    }

    fn customer(&self, id: u64, row: &mut Row) {
        let person = self.person(id);
        let mut random = self.random(1, id);
        row.text(&id.to_string()).text(person.first).text(person.last).text(&person.email);
        let phone = random.chance(95).then(|| phone(&mut random));
        row.optional(phone.as_deref());
        let home = address(&mut random);
        row.text(&home).text(pick(&mut random, CITIES));
        let number = random.chance(98).then(|| ssn(id));
        row.optional(number.as_deref());
        row.text(&date(&mut random, 1940, 68));
        row.text(&format!(
            "{}.{}.{}.{}",
            1 + random.below(223),
            random.below(256),
            random.below(256),
            1 + random.below(254)
        ));
        let text = note(&mut random, &person.full_name(), &person.email, phone.as_deref());
        row.optional(text.as_deref());
        row.text(&format!(
            r#"{{"lang": "{}", "tags": ["{}", "{}"], "opt_in": {}, "address": {{"zip": "{:05}", "street": "{home}"}}, "contact": {{"email": "{}", "phone": "{}"}}}}"#,
            pick(&mut random, &["en", "de", "fr", "es"]),
            pick(&mut random, WORDS),
            pick(&mut random, WORDS),
            random.chance(50),
            random.below(100_000),
            person.email,
            phone.as_deref().unwrap_or_default(),
        ));
        row.text(&timestamp(&mut random));
    }

    fn order(&self, id: u64, row: &mut Row) {
        let mut random = self.random(2, id);
        let customer = self.customer_of(id);
        row.text(&id.to_string()).text(&customer.to_string()).text(&self.person(customer).email);
        row.text(pick(&mut random, STATUSES)).text(&amount(&mut random));
        let shipping = random.chance(70).then(|| address(&mut random));
        row.optional(shipping.as_deref());
        let gift = random.chance(20).then(|| values::sentence(&mut random, 6));
        row.optional(gift.as_deref());
        row.text(&timestamp(&mut random));
    }

    fn payment(&self, id: u64, row: &mut Row) {
        let mut random = self.random(3, id);
        let order = 1 + random.below(self.orders());
        let customer = self.customer_of(order);
        row.text(&id.to_string()).text(&order.to_string()).text(&customer.to_string());
        let by_card = random.chance(80);
        row.optional(by_card.then(|| card(&mut random)).as_deref());
        row.optional((!by_card).then(|| iban(&mut random)).as_deref());
        row.text(&amount(&mut random)).text(&self.person(customer).full_name()).text(&timestamp(&mut random));
    }

    /// The customer of an order: some buy often, most hardly ever.
    fn customer_of(&self, order: u64) -> u64 {
        let mut random = self.random(4, order);
        let share = random.below(1 << 20);
        let skewed = (share * share) >> 20;
        1 + ((skewed * self.customers) >> 20).min(self.customers - 1)
    }

    fn person(&self, customer: u64) -> Person {
        let mut random = self.random(5, customer);
        let (first, ascii_first) = FIRST_NAMES[random.below(FIRST_NAMES.len() as u64) as usize];
        let (last, ascii_last) = LAST_NAMES[random.below(LAST_NAMES.len() as u64) as usize];
        let email = format!("{ascii_first}.{ascii_last}{customer}@{}", pick(&mut random, HOSTS));
        Person { first, last, email }
    }

    fn random(&self, table: u64, row: u64) -> Random {
        Random::new(self.seed, table, row)
    }
}

struct Person {
    first: &'static str,
    last: &'static str,
    email: String,
}

impl Person {
    fn full_name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// One line of COPY text.
#[derive(Default)]
struct Row {
    bytes: Vec<u8>,
}

impl Row {
    fn text(&mut self, value: &str) -> &mut Self {
        self.separate();
        for byte in value.bytes() {
            match byte {
                b'\\' => self.bytes.extend(b"\\\\"),
                b'\t' => self.bytes.extend(b"\\t"),
                b'\n' => self.bytes.extend(b"\\n"),
                b'\r' => self.bytes.extend(b"\\r"),
                other => self.bytes.push(other),
            }
        }
        self
    }

    fn optional(&mut self, value: Option<&str>) {
        if let Some(value) = value {
            self.text(value);
        } else {
            self.separate();
            self.bytes.extend(b"\\N");
        }
    }

    fn separate(&mut self) {
        if !self.bytes.is_empty() {
            self.bytes.push(b'\t');
        }
    }
}

fn amount(random: &mut Random) -> String {
    format!("{}.{:02}", 1 + random.below(900), random.below(100))
}

/// Bytes of the dump for each customer with their orders and payments, as measured.
const BYTES_PER_CUSTOMER: u64 = 846;

const TABLES: &str = include_str!("tables.sql");
const KEYS: &str = include_str!("keys.sql");

const CUSTOMERS: &str = "\
--
-- Data for Name: customers; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.customers (id, first_name, last_name, email, phone, address, city, ssn, dob, ip, notes, profile, created_at) FROM stdin;
";

const ORDERS: &str = "\
--
-- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.orders (id, customer_id, customer_email, status, total, shipping_address, gift_note, placed_at) FROM stdin;
";

const PAYMENTS: &str = "\
--
-- Data for Name: payments; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.payments (id, order_id, customer_id, card_number, iban, amount, billing_name, paid_at) FROM stdin;
";
