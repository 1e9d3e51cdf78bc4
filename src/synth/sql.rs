//! Rows as INSERT statements, in the SQL of each database.

use super::constraints::{Rules, TableRules};
use super::expression::Truth;
use super::solve::{Case, Insert};
use crate::format::quoted;
use crate::table::{Dialect, SqlType, TableName};

impl Insert {
    /// The INSERT, without its semicolon; none if the rules do not know the table.
    ///
    /// Columns that the database computes are left out; identity columns of PostgreSQL get their value with
    /// `OVERRIDING SYSTEM VALUE`.
    pub fn to_sql(&self, rules: &Rules) -> Option<String> {
        let table = rules.table(&self.table)?;
        let dialect = rules.dialect();
        let named: Vec<usize> = (0..table.columns.len()).filter(|at| !table.columns[*at].generated).collect();
        if named.is_empty() {
            return Some(format!("INSERT INTO {} DEFAULT VALUES", object(&self.table, dialect)));
        }
        let columns: Vec<String> = named.iter().map(|at| quoted(dialect, &table.columns[*at].name)).collect();
        let values: Vec<String> = named
            .iter()
            .map(|at| Some(literal(table, *at, self.cells.get(*at)?.as_deref())))
            .collect::<Option<_>>()?;
        let identity = dialect == Dialect::Postgres && table.columns.iter().any(|column| column.identity);
        Some(format!(
            "INSERT INTO {} ({}){} VALUES ({})",
            object(&self.table, dialect),
            columns.join(", "),
            if identity { " OVERRIDING SYSTEM VALUE" } else { "" },
            values.join(", ")
        ))
    }
}

impl Case {
    /// The statements, in order, the row that shows the requirement last. None if the rules do not know a table.
    ///
    /// Rows that refer to each other in a circle go into one statement of PostgreSQL; MySQL and SQLite put off the check.
    pub fn to_sql(&self, rules: &Rules) -> Option<Vec<String>> {
        let mut statements = Vec::new();
        for group in &self.setup {
            let rows: Vec<String> = group.iter().map(|insert| insert.to_sql(rules)).collect::<Option<_>>()?;
            match (rules.dialect(), rows.len()) {
                (_, 0 | 1) => statements.extend(rows),
                (Dialect::Postgres, _) => {
                    let (last, others) = rows.split_last()?;
                    let parts: Vec<String> = others
                        .iter()
                        .enumerate()
                        .map(|(at, insert)| format!("row{} AS ({insert})", at + 1))
                        .collect();
                    statements.push(format!("WITH {} {last}", parts.join(", ")));
                }
                (Dialect::MySql, _) => {
                    statements.push("SET FOREIGN_KEY_CHECKS = 0".into());
                    statements.extend(rows);
                    statements.push("SET FOREIGN_KEY_CHECKS = 1".into());
                }
                (Dialect::Sqlite, _) => {
                    statements.push("PRAGMA defer_foreign_keys = ON".into());
                    statements.extend(rows);
                    statements.push("PRAGMA defer_foreign_keys = OFF".into());
                }
            }
        }
        statements.push(self.row.to_sql(rules)?);
        Some(statements)
    }
}

fn literal(table: &TableRules, at: usize, cell: Option<&str>) -> String {
    let Some(text) = cell else { return "NULL".into() };
    let own = &table.types[at];
    match own.dialect {
        Dialect::Postgres => format!("'{}'", text.replace('\'', "''")),
        Dialect::MySql | Dialect::Sqlite if own.sql_type.is_bytes() => match text.strip_prefix("\\x") {
            Some(digits) if own.accepts(text) != Truth::False => format!("X'{digits}'"),
            _ if own.sql_type == SqlType::Bits => format!("b'{text}'"),
            _ => string(text, own.dialect),
        },
        dialect => string(text, dialect),
    }
}

fn string(text: &str, dialect: Dialect) -> String {
    let escaped = if dialect == Dialect::MySql { text.replace('\\', "\\\\") } else { text.to_owned() };
    format!("'{}'", escaped.replace('\'', "''"))
}

fn object(name: &TableName, dialect: Dialect) -> String {
    if name.schema.is_empty() || dialect != Dialect::Postgres {
        return quoted(dialect, &name.table);
    }
    format!("{}.{}", quoted(dialect, &name.schema), quoted(dialect, &name.table))
}
