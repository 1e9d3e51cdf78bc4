//! What is not personal and looks like it: the times, versions, prices and codes of any database. A detector that counts
//! without a name must let all of it be.

/// Decoys by kind; every one is invented or a published example.
pub const DECOYS: &[(&str, &[&str])] = &[
    (
        "times since 1970",
        &["1700000000", "1609459200", "1700000000123", "1700000000123456", "1696118400.482", "-62135596800"],
    ),
    (
        "dates and times",
        &[
            "2024-01-31",
            "31.01.2024",
            "01/31/2024",
            "20240131",
            "2024-01-31 10:11:12.123456+00",
            "2024-01-31T10:11:12Z",
            "10:11:12",
            "1706695872000",
        ],
    ),
    (
        "identifiers of rows",
        &[
            "123e4567-e89b-42d3-a456-426614174000",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "507f1f77bcf86cd799439011",
            "42",
            "100000042",
            "7205759403792",
        ],
    ),
    (
        "versions",
        &[
            "1.2.3",
            "version 10.4.1.2",
            "v10.4.11.2",
            "v2.14.0-rc.1",
            "2024.3.1",
            "4.19.0-26-amd64",
            "1.0.0+build.5",
        ],
    ),
    (
        "prices and measures",
        &["12.50", "1,299.00", "0.0825", "52.5702100309281", "1.5e-7", "99.9 %", "-4.25"],
    ),
    (
        "orders and invoices",
        &[
            "ORD-2024-000123",
            "INV-2024/00017",
            "SO 4500012345",
            "PO#99812-A",
            "order 48210937 shipped",
            "A-1029384756",
            "RMA00012345",
        ],
    ),
    (
        "codes of products",
        &[
            "4006381333931",
            "036000291452",
            "978-3-16-148410-0",
            "9783161484100",
            "0-306-40615-2",
            "SKU-88-1042-XL",
        ],
    ),
    (
        "digests",
        &[
            "d41d8cd98f00b204e9800998ecf8427e",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ],
    ),
    (
        "lines of logs",
        &[
            "2024-01-31T10:11:12.123Z INFO [worker-3] request 123e4567-e89b-42d3-a456-426614174000 took 1234 ms",
            "Jan 31 10:11:12 app[2241]: GET /api/v2/items/48213?page=2&size=50 200 5123b 17ms",
            "level=warn ts=1706695872 caller=main.go:112 msg=\"retry 3 of 5\" shard=17 took=1.204s",
            "at com.example.orders.OrderService.place(OrderService.java:214)",
        ],
    ),
    (
        "words",
        &[
            "pending",
            "The quick brown fox jumps over the lazy dog",
            "token_type: bearer",
            "primary_key: id",
            "see section 4.2.1 on page 118 of 240",
            "5 of 7 items, batch 20240131-0017, row 1024",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::super::{Catalogue, Scope};
    use super::*;

    #[test]
    fn no_text_of_decoys_is_touched() {
        let catalogue = Catalogue::builtin();
        let mut problems = Vec::new();
        for (kind, decoys) in DECOYS {
            for decoy in *decoys {
                for text in [decoy.to_string(), format!("{decoy},"), format!("value {decoy} here")] {
                    let mut hits = Vec::new();
                    catalogue.spans(text.as_bytes(), &Scope::default(), &mut hits);
                    let entity = |hit: &crate::detect::Hit| &catalogue.detector(hit.detector).entity;
                    problems.extend(hits.iter().map(|hit| format!("{kind}: {text}: {}", entity(hit))));
                }
            }
        }
        assert!(problems.is_empty(), "{problems:#?}");
    }
}
