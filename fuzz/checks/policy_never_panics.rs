//! Whatever a policy says, it is read, compiled and run, or refused with words.
//!
//! The input is the text of a policy. It is compiled against the schema of the demo and against that of a small dump with
//! many types; when the plan is ready, the small dump is masked. What a policy may get wrong is an error, never a panic.

use std::io::Cursor;
use std::sync::OnceLock;

use scrub::base::{Key, Result};
use scrub::format::{self, Input, Reader, ReaderOptions};
use scrub::pipeline::{Scrubber, read_schema};
use scrub::plan::{Lock, Plan, Policy};
use scrub::table::Schema;

/// Reads the input as a policy and as a lock, and does what they say.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = Lock::parse(text, "scrub.lock");
    let Ok(policy) = Policy::parse(text, "scrub.toml") else { return };
    for schema in schemas() {
        let plan = Plan::compile(&policy, schema, None);
        for problem in &plan.problems {
            assert!(!problem.id.is_empty() && !problem.message.is_empty(), "a problem without words");
        }
        let refused = plan.ready().is_err();
        let masked = mask(plan, policy.project());
        assert!(!(refused && masked.is_ok()), "a refused plan was run");
    }
}

fn mask(plan: Plan, project: &str) -> Result<()> {
    let keys = Key::from_bytes([7; 32])?.project(project);
    let scrubber = Scrubber::from_plan(plan, Some(keys))?;
    scrubber.mask_events(open(SMALL)?, std::io::sink())?;
    Ok(())
}

fn schemas() -> &'static [Schema] {
    static SCHEMAS: OnceLock<Vec<Schema>> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        let schema = |dump| read_schema(open(dump)?.as_mut());
        [SMALL, DEMO].into_iter().map(|dump| schema(dump).expect("our own dump can be read")).collect()
    })
}

fn open(dump: &'static str) -> Result<Box<dyn Reader>> {
    format::open(Input::new("dump", Cursor::new(dump)), &ReaderOptions::default())
}

const DEMO: &str = include_str!("../../rules/demo/larkspur.sql");

const SMALL: &str = "\
--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TYPE public.mood AS ENUM ('good', 'bad');
CREATE TABLE public.customer (
    id integer NOT NULL,
    email character varying(40) NOT NULL,
    first_name character(8),
    gender text,
    status public.mood,
    born date,
    seen timestamp with time zone,
    profile jsonb,
    code uuid,
    amount numeric(8,2) CHECK (amount > 0),
    active boolean DEFAULT true,
    picture bytea,
    tags text[]
);
CREATE TABLE public.orders (
    id bigint NOT NULL,
    customer_id integer,
    customer_email character varying(40),
    note text
)
PARTITION BY RANGE (id);
CREATE TABLE public.orders_1 (
    id bigint NOT NULL,
    customer_id integer,
    customer_email character varying(40),
    note text
);
CREATE SEQUENCE public.customer_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.customer_id_seq OWNED BY public.customer.id;
ALTER TABLE ONLY public.orders ATTACH PARTITION public.orders_1 FOR VALUES FROM ('1') TO ('1000');
ALTER TABLE ONLY public.customer ALTER COLUMN id SET DEFAULT nextval('public.customer_id_seq'::regclass);
COPY public.customer (id, email, first_name, gender, status, born, seen, profile, code, amount, active, picture, tags) FROM stdin;
1\tada@mail.example\tAda\tf\tgood\t1990-02-28\t2024-02-29 12:00:00+00\t{\"a\": [1]}\t0b54b1f6-2f0c-4d0a-9a4c-9b6f2e3c1d00\t1.50\tt\t\\\\x00ff\t{a,b}
200\tn/a\t\\N\t\\N\tbad\tinfinity\t0044-03-15 00:00:00+00 BC\t\\N\t\\N\t\\N\tf\t\\N\t\\N
40000\tO'Hara <o@h.example>\tZo\u{eb}     \tx\t\\N\t\\N\t\\N\tnull\t\\N\t99.99\t\\N\t\\\\x\t{}
\\.

COPY public.orders_1 (id, customer_id, customer_email, note) FROM stdin;
1\t1\tada@mail.example\tline\\nline
2\t\\N\t\\N\t
3\t200\tn/a\t\\\\x
\\.

SELECT pg_catalog.setval('public.customer_id_seq', 40000, true);
ALTER TABLE ONLY public.customer ADD CONSTRAINT customer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.customer ADD CONSTRAINT customer_email_key UNIQUE (email);
ALTER TABLE ONLY public.orders_1 ADD CONSTRAINT orders_1_pkey PRIMARY KEY (id);
ALTER TABLE public.orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE public.orders ADD CONSTRAINT orders_email_fkey FOREIGN KEY (customer_email) REFERENCES public.customer(email);

--
-- PostgreSQL database dump complete
--
";
