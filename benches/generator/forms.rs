//! The forms in which the same rows are written: as the databases' own tools do, or as files.

use std::io::{self, Write};

/// A way to write rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `pg_dump`: COPY.
    Copy,
    /// `pg_dump --inserts`.
    Inserts,
    /// `mysqldump`: one INSERT for about a megabyte of rows.
    MySqlDump,
    /// `sqlite3 .dump`.
    SqliteDump,
    /// RFC 4180 with a header; one table.
    Csv,
    /// An object on each line; one table.
    JsonLines,
}

/// A table as the generator writes it.
pub(crate) struct TableForm {
    /// Name.
    pub(crate) name: &'static str,
    /// Columns, and whether they hold numbers.
    pub(crate) columns: &'static [(&'static str, bool)],
}

/// What stands before and behind all tables, where a form holds all of them.
pub(super) fn frame(form: Form) -> (&'static str, &'static str) {
    match form {
        Form::Copy | Form::Inserts => (include_str!("tables.sql"), include_str!("keys.sql")),
        Form::MySqlDump => (include_str!("mysql_tables.sql"), include_str!("mysql_end.sql")),
        Form::SqliteDump => (include_str!("sqlite_tables.sql"), "COMMIT;\n"),
        Form::Csv | Form::JsonLines => ("", ""),
    }
}

/// Writes the rows of one table.
pub(super) struct Row {
    form: Form,
    table: &'static TableForm,
    column: usize,
    /// What is not written out yet.
    bytes: Vec<u8>,
    /// Bytes of the statement that is open.
    open: usize,
}

/// Where `mysqldump` begins a new statement.
const STATEMENT: usize = 1 << 20;

impl Row {
    pub(super) fn new(form: Form, table: &'static TableForm) -> Self {
        Self { form, table, column: 0, bytes: Vec::new(), open: 0 }
    }

    /// What comes before the rows.
    pub(super) fn head(&self, out: &mut impl Write) -> io::Result<()> {
        let name = self.table.name;
        let columns: Vec<&str> = self.table.columns.iter().map(|(name, _)| *name).collect();
        match self.form {
            Form::Copy => write!(
                out,
                "--\n-- Data for Name: {name}; Type: TABLE DATA; Schema: public; Owner: -\n--\n\n\
                 COPY public.{name} ({}) FROM stdin;\n",
                columns.join(", ")
            ),
            Form::Inserts => write!(
                out,
                "--\n-- Data for Name: {name}; Type: TABLE DATA; Schema: public; Owner: -\n--\n\n"
            ),
            Form::MySqlDump => write!(
                out,
                "--\n-- Dumping data for table `{name}`\n--\n\nLOCK TABLES `{name}` WRITE;\n\
                 /*!40000 ALTER TABLE `{name}` DISABLE KEYS */;\n"
            ),
            Form::SqliteDump | Form::JsonLines => Ok(()),
            Form::Csv => writeln!(out, "{}", columns.join(",")),
        }
    }

    /// Ends the row and writes it.
    pub(super) fn end(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.bytes.extend(match self.form {
            Form::Copy | Form::Csv => &b"\n"[..],
            Form::Inserts | Form::SqliteDump => b");\n",
            Form::MySqlDump => b")",
            Form::JsonLines => b"}\n",
        });
        self.column = 0;
        self.open += self.bytes.len();
        out.write_all(&self.bytes)?;
        self.bytes.clear();
        if self.form == Form::MySqlDump && self.open >= STATEMENT {
            self.open = 0;
            out.write_all(b";\n")?;
        }
        Ok(())
    }

    /// What comes behind the rows.
    pub(super) fn foot(&self, out: &mut impl Write) -> io::Result<()> {
        match self.form {
            Form::Copy => out.write_all(b"\\.\n\n\n"),
            Form::Inserts => out.write_all(b"\n\n"),
            Form::MySqlDump => {
                if self.open > 0 {
                    out.write_all(b";\n")?;
                }
                let name = self.table.name;
                write!(out, "/*!40000 ALTER TABLE `{name}` ENABLE KEYS */;\nUNLOCK TABLES;\n\n")
            }
            Form::SqliteDump | Form::Csv | Form::JsonLines => Ok(()),
        }
    }

    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.optional(Some(value))
    }

    pub(super) fn optional(&mut self, value: Option<&str>) -> &mut Self {
        let (name, number) = self.table.columns[self.column];
        self.separate(name);
        self.column += 1;
        let out = &mut self.bytes;
        match (self.form, value) {
            (Form::Copy, None) => out.extend(b"\\N"),
            (Form::Csv, None) => {}
            (Form::JsonLines, None) => out.extend(b"null"),
            (_, None) => out.extend(b"NULL"),
            (Form::Copy, Some(value)) => copy(value, out),
            (Form::Csv, Some(value)) => csv(value, out),
            (Form::JsonLines, Some(value)) if !number => json(value, out),
            (Form::MySqlDump, Some(value)) if !number => mysql(value, out),
            (Form::Inserts | Form::SqliteDump, Some(value)) if !number => doubled(value, b'\'', out),
            (_, Some(value)) => out.extend(value.as_bytes()),
        }
        self
    }

    fn separate(&mut self, name: &str) {
        let first = self.column == 0;
        let table = self.table.name;
        let begin = |text: String, more: &str| if first { text } else { more.to_owned() };
        let text = match self.form {
            Form::Copy => begin(String::new(), "\t"),
            Form::Csv => begin(String::new(), ","),
            Form::Inserts => begin(format!("INSERT INTO public.{table} VALUES ("), ", "),
            Form::SqliteDump => begin(format!("INSERT INTO {table} VALUES("), ","),
            Form::MySqlDump if self.open > 0 => begin(",(".into(), ","),
            Form::MySqlDump => begin(format!("INSERT INTO `{table}` VALUES ("), ","),
            Form::JsonLines => format!("{}\"{name}\":", if first { '{' } else { ',' }),
        };
        self.bytes.extend(text.as_bytes());
    }
}

fn copy(value: &str, out: &mut Vec<u8>) {
    for byte in value.bytes() {
        match byte {
            b'\\' => out.extend(b"\\\\"),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            other => out.push(other),
        }
    }
}

fn csv(value: &str, out: &mut Vec<u8>) {
    if value.is_empty() || value.contains([',', '"', '\n', '\r']) {
        doubled(value, b'"', out);
    } else {
        out.extend(value.as_bytes());
    }
}

fn doubled(value: &str, quote: u8, out: &mut Vec<u8>) {
    out.push(quote);
    for byte in value.bytes() {
        if byte == quote {
            out.push(quote);
        }
        out.push(byte);
    }
    out.push(quote);
}

fn mysql(value: &str, out: &mut Vec<u8>) {
    out.push(b'\'');
    for byte in value.bytes() {
        match byte {
            b'\\' => out.extend(b"\\\\"),
            b'\'' => out.extend(b"\\'"),
            b'"' => out.extend(b"\\\""),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            other => out.push(other),
        }
    }
    out.push(b'\'');
}

fn json(value: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in value.bytes() {
        match byte {
            b'\\' => out.extend(b"\\\\"),
            b'"' => out.extend(b"\\\""),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            other => out.push(other),
        }
    }
    out.push(b'"');
}
