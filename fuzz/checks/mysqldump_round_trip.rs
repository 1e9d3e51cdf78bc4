//! Dumps of MySQL and MariaDB: [`dump`](super::dump) says what is promised.

use super::dump;

/// Reads the input as a dump.
pub fn check(data: &[u8]) {
    dump::round_trip("mysqldump", |_| false, data);
}
