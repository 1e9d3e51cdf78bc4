//! A seeded dump of a web shop, in several forms: customers, orders and payments, with an e-mail address as a foreign key.
//!
//! Every row is a function of seed, table and row number, so that an order can name its customer without any table in
//! memory. The same seed and size give the same bytes on any machine. Everybody in it is made of word lists.

mod forms;
mod random;
mod values;
mod words;

use std::io::{self, Write};

use forms::Row;
pub(crate) use forms::{Form, TableForm};
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

    /// Writes all tables as one dump.
    pub(crate) fn write(&self, form: Form, out: &mut impl Write) -> io::Result<()> {
        let (head, foot) = forms::frame(form);
        out.write_all(head.as_bytes())?;
        for table in TABLES {
            self.write_table(form, table, out)?;
        }
        out.write_all(foot.as_bytes())
    }

    /// Writes what `pg_dump -s` would.
    pub(crate) fn write_schema(out: &mut impl Write) -> io::Result<()> {
        let (tables, keys) = forms::frame(Form::Copy);
        out.write_all(tables.as_bytes())?;
        out.write_all(keys.as_bytes())
    }

    /// Writes the rows of one table of [`TABLES`].
    pub(crate) fn write_table(
        &self,
        form: Form,
        table: &'static TableForm,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let (rows, write): (u64, fn(&Self, u64, &mut Row)) = match table.name {
            "customers" => (self.customers, Self::customer),
            "orders" => (self.orders(), Self::order),
            _ => (self.orders() * 3 / 4, Self::payment),
        };
        let mut row = Row::new(form, table);
        row.head(out)?;
        for id in 1..=rows {
            write(self, id, &mut row);
            row.end(out)?;
        }
        row.foot(out)
    }

    fn orders(&self) -> u64 {
        self.customers * 2
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

fn amount(random: &mut Random) -> String {
    format!("{}.{:02}", 1 + random.below(900), random.below(100))
}

/// Bytes of the dump for each customer with their orders and payments, as measured.
const BYTES_PER_CUSTOMER: u64 = 846;

/// The tables, parents first.
pub(crate) const TABLES: &[TableForm] = &[
    TableForm {
        name: "customers",
        columns: &[
            ("id", true),
            ("first_name", false),
            ("last_name", false),
            ("email", false),
            ("phone", false),
            ("address", false),
            ("city", false),
            ("ssn", false),
            ("dob", false),
            ("ip", false),
            ("notes", false),
            ("profile", false),
            ("created_at", false),
        ],
    },
    TableForm {
        name: "orders",
        columns: &[
            ("id", true),
            ("customer_id", true),
            ("customer_email", false),
            ("status", false),
            ("total", true),
            ("shipping_address", false),
            ("gift_note", false),
            ("placed_at", false),
        ],
    },
    TableForm {
        name: "payments",
        columns: &[
            ("id", true),
            ("order_id", true),
            ("customer_id", true),
            ("card_number", false),
            ("iban", false),
            ("amount", true),
            ("billing_name", false),
            ("paid_at", false),
        ],
    },
];
