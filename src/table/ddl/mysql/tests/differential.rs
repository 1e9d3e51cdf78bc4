//! Two readers, one schema: what `sqlparser` can read of MySQL's `CREATE TABLE`, this reader reads the same way.
//!
//! The oracle knows nothing of what is in force around a statement, so collations are left out. It cannot read names
//! in double quotes, nor much of what MariaDB writes; how many statements it read is counted.

use sqlparser::ast::{
    CharacterLength, ColumnOption, DataType, EnumMember, ExactNumberInfo, Expr, Ident, IndexColumn,
    ObjectName, Statement, TableConstraint,
};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;

use super::corpora::variants;
use super::*;
use crate::table::{ColumnDef, ForeignKey, SqlType, Unique};

/// Compares the readings of one statement. Returns whether there was something to compare.
fn compare(sql: &str) -> bool {
    let Ok(parsed) = Parser::parse_sql(&MySqlDialect {}, sql) else { return false };
    let Some(Statement::CreateTable(create)) = parsed.into_iter().next() else { return false };
    let mut oracle = Table::default();
    for column in &create.columns {
        let name = column.name.value.clone();
        let mut definition = ColumnDef::new(name.clone(), sql_type(&column.data_type, &create.name, &name));
        for option in &column.options {
            match &option.option {
                ColumnOption::NotNull => definition.not_null = true,
                ColumnOption::PrimaryKey(_) => oracle.primary_key = Some(vec![name.clone()]),
                ColumnOption::Unique(_) => oracle.unique.push(Unique::new(None, vec![name.clone()])),
                ColumnOption::Generated { .. } => definition.generated = true,
                ColumnOption::DialectSpecific(tokens) => {
                    definition.identity |= tokens.iter().any(|token| token.to_string() == "AUTO_INCREMENT");
                }
                _ => {}
            }
        }
        oracle.columns.push(definition);
    }
    for constraint in create.constraints {
        match constraint {
            TableConstraint::PrimaryKey(key) => oracle.primary_key = columns(&key.columns),
            TableConstraint::Unique(key) => {
                if let Some(list) = columns(&key.columns) {
                    let name = key.name.or(key.index_name).map(|name| name.value);
                    oracle.unique.push(Unique::new(name, list));
                }
            }
            TableConstraint::ForeignKey(key) => {
                let to = TableName::new("", last(&key.foreign_table));
                let names = |list: &[Ident]| list.iter().map(|name| name.value.clone()).collect();
                oracle.foreign_keys.push(ForeignKey::new(
                    key.name.or(key.index_name).map(|name| name.value),
                    names(&key.columns),
                    to,
                    names(&key.referred_columns),
                ));
            }
            _ => {}
        }
    }
    for name in oracle.primary_key.iter().flatten() {
        oracle
            .columns
            .iter_mut()
            .filter(|column| column.name == *name)
            .for_each(|column| column.not_null = true);
    }
    let mut ours = schema(sql);
    assert_eq!(ours.warnings, Vec::<String>::new(), "{sql}");
    let mut ours = ours.tables.remove(&TableName::new("", last(&create.name))).unwrap();
    for column in &mut ours.columns {
        (column.collation, column.default) = (None, None);
        column.not_null |= false;
        if column.identity {
            column.not_null = true;
        }
    }
    for column in oracle.columns.iter_mut().filter(|column| column.identity) {
        column.not_null = true;
    }
    // Checks, partitions and keys over expressions are not the oracle's business.
    ours.checks.clear();
    ours.expressions.clear();
    ours.partition_by = None;
    assert_eq!(ours, oracle, "{sql}");
    true
}

fn last(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).unwrap().value.clone()
}

/// The columns of a key, unless some count only with their first characters.
fn columns(columns: &[IndexColumn]) -> Option<Vec<String>> {
    columns
        .iter()
        .map(|column| match &column.column.expr {
            Expr::Identifier(name) => Some(name.value.clone()),
            _ => None,
        })
        .collect()
}

fn sql_type(written: &DataType, table: &ObjectName, column: &str) -> SqlType {
    let text = |width, padded| SqlType::Text { width, padded, case_insensitive: false };
    let labels = || format!("{}.{column}", last(table));
    match written {
        DataType::TinyInt(_) => SqlType::Integer { bits: 8 },
        DataType::TinyIntUnsigned(_) => SqlType::Unsigned { bits: 8 },
        DataType::SmallInt(_) => SqlType::Integer { bits: 16 },
        DataType::SmallIntUnsigned(_) => SqlType::Unsigned { bits: 16 },
        DataType::MediumInt(_) => SqlType::Integer { bits: 24 },
        DataType::MediumIntUnsigned(_) => SqlType::Unsigned { bits: 24 },
        DataType::Int(_) | DataType::Integer(_) => SqlType::Integer { bits: 32 },
        DataType::IntUnsigned(_) | DataType::IntegerUnsigned(_) => SqlType::Unsigned { bits: 32 },
        DataType::BigInt(_) => SqlType::Integer { bits: 64 },
        DataType::BigIntUnsigned(_) => SqlType::Unsigned { bits: 64 },
        DataType::Decimal(ExactNumberInfo::PrecisionAndScale(precision, scale)) => SqlType::Numeric {
            precision: Some(u32::try_from(*precision).unwrap()),
            scale: Some(u32::try_from(*scale).unwrap()),
        },
        DataType::Double(_) | DataType::Float(_) => SqlType::Float,
        DataType::Bit(_) => SqlType::Bits,
        DataType::Varchar(length) => text(width(length.as_ref()), false),
        DataType::Char(length) => text(Some(width(length.as_ref()).unwrap_or(1)), true),
        DataType::Text | DataType::MediumText | DataType::LongText => SqlType::TEXT,
        DataType::Blob(_) | DataType::MediumBlob | DataType::LongBlob | DataType::Varbinary(_) => {
            SqlType::Bytes
        }
        DataType::Date => SqlType::Date,
        DataType::Datetime(_) | DataType::Timestamp(..) => SqlType::Timestamp { zone: false },
        DataType::Time(..) => SqlType::Time,
        DataType::JSON => SqlType::Json,
        DataType::Enum(members, _) => {
            assert!(members.iter().all(|member| matches!(member, EnumMember::Name(_))));
            SqlType::Enum(labels())
        }
        DataType::Set(_) => SqlType::Set(labels()),
        DataType::Custom(name, _) if name.to_string() == "year" => SqlType::Year,
        DataType::GeometricType(_) => SqlType::Other(written.to_string().to_lowercase()),
        DataType::Custom(name, _) => SqlType::Other(name.to_string()),
        other => unreachable!("{other}"),
    }
}

fn width(length: Option<&CharacterLength>) -> Option<u32> {
    match length {
        Some(CharacterLength::IntegerLength { length, .. }) => Some(u32::try_from(*length).unwrap()),
        _ => None,
    }
}

#[test]
fn both_readers_give_the_same_tables_for_the_real_dumps() {
    for (dump, least) in [("sakila", 12), ("employee", 5), ("civi_wikimedia", 120)] {
        for (variant, sql) in variants(dump).into_iter().filter(|(variant, _)| !variant.contains(".ansi.")) {
            let statements = sql.split_inclusive(";\n");
            let count = statements.filter(|statement| compare(statement)).count();
            assert!(count >= least, "{variant}: {count}");
        }
    }
}

#[test]
fn both_readers_give_the_same_tables_for_rarer_forms() {
    for sql in [
        "CREATE TABLE `A b` (`x``y` int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, `Z` char(3) UNIQUE, z2 text)",
        "CREATE TABLE t (a tinyint(1) NOT NULL DEFAULT '0', b decimal(9,3) DEFAULT NULL, c enum('x','y') COMMENT 'c, d')",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int AS (a) VIRTUAL, UNIQUE KEY u (a, b))",
        "CREATE TABLE t (a int, b varchar(9) NOT NULL, CONSTRAINT f FOREIGN KEY (a) REFERENCES u (x) ON DELETE CASCADE, \
         KEY k (b), PRIMARY KEY (a, b)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
        "CREATE TABLE t (a json, b datetime(6), c timestamp NULL, d time, e bit(3), f double, g longtext)",
    ] {
        assert!(compare(sql), "{sql}");
    }
}
