"""An independent reader of masked Parquet and Arrow files: pyarrow and DuckDB.

columnar.py MADE                    writes files of many types into the folder MADE, each with its masked columns named
columnar.py MADE MASKED             compares the files of both folders: schema, row groups, codecs, NULLs, kept values, and
                                    that equal originals became equal pseudonyms in every file
columnar.py --kept FILE MASKED      compares two files that should be equal in values, types, NULLs, row groups and codecs

The last line of a comparison that found nothing wrong is `same`.
"""

import datetime
import decimal
import pathlib
import sys
import uuid

import duckdb
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet as pq

ROWS = 5000
MASKED = {"email", "again", "id", "born", "city"}


def table():
    rows = range(ROWS)
    null = lambda value, n, k: None if n % k == 0 else value
    when = datetime.datetime(2001, 2, 3, 4, 5, 6)
    columns = {
        "id": pa.array([n + 1 for n in rows], pa.int64()),
        "email": pa.array([null(f"someone{n % 999}@acme.example", n, 11) for n in rows]),
        "again": pa.array([f"someone{n % 999}@acme.example" for n in rows], pa.large_string()),
        "born": pa.array([null(datetime.date(1950, 1, 1) + datetime.timedelta(days=n), n, 13) for n in rows]),
        "kept_text": pa.array([null(f"text {n} \u00e9\u4e16", n, 3) for n in rows]),
        "kept_category": pa.array([null(f"class {n % 7}", n, 17) for n in rows]).dictionary_encode(),
        "kept_decimal": pa.array([null(decimal.Decimal(n) / 100, n, 7) for n in rows], pa.decimal128(20, 2)),
        "kept_float": pa.array([null(n / 7, n, 5) for n in rows]),
        "kept_time": pa.array([when + datetime.timedelta(hours=n) for n in rows], pa.timestamp("us", "Europe/Berlin")),
        "kept_bytes": pa.array([null(bytes([n % 256]) * (n % 9), n, 19) for n in rows]),
        "kept_uuid": pa.array([uuid.UUID(int=n).bytes for n in rows], pa.binary(16)),
        "kept_list": pa.array([null([f"tag {m}" for m in range(n % 4)], n, 6) for n in rows]),
        "kept_map": pa.array([[(f"key {m}", m) for m in range(n % 3)] for n in rows], pa.map_(pa.string(), pa.int32())),
        "address": pa.array(
            [null({"city": f"city {n % 50}", "zip": f"{n % 100:05}"}, n, 23) for n in rows],
            pa.struct([("city", pa.string()), ("zip", pa.string())]),
        ),
    }
    return pa.table(columns)


def make(folder):
    whole = table()
    for codec, version, pages in [("snappy", "2.6", "1.0"), ("zstd", "2.6", "2.0"), ("none", "1.0", "1.0"),
                                  ("gzip", "2.4", "1.0"), ("brotli", "2.6", "2.0"), ("lz4", "2.6", "1.0")]:
        pq.write_table(whole, folder / f"{codec}.parquet", compression=codec, version=version, data_page_version=pages,
                       row_group_size=1700, write_page_index=codec == "zstd")
    times = whole.set_column(8, "kept_time", whole["kept_time"].cast(pa.timestamp("ns")))
    pq.write_table(times, folder / "int96.parquet", use_deprecated_int96_timestamps=True)
    connection = duckdb.connect()
    connection.register("whole", whole.drop_columns(["kept_category"]))
    connection.execute(f"COPY whole TO '{folder}/duckdb.parquet' (FORMAT parquet, CODEC zstd, ROW_GROUP_SIZE 2048)")
    for codec in [None, "lz4", "zstd"]:
        options = pa.ipc.IpcWriteOptions(compression=codec)
        with pa.OSFile(f"{folder}/{codec}.arrow", "wb") as sink, pa.ipc.new_file(sink, whole.schema, options=options) as writer:
            writer.write_table(whole, max_chunksize=1700)
        with pa.OSFile(f"{folder}/{codec}.arrows", "wb") as sink, pa.ipc.new_stream(sink, whole.schema, options=options) as writer:
            writer.write_table(whole, max_chunksize=1700)


def read(path):
    if path.suffix == ".parquet":
        return pq.read_table(path)
    with pa.OSFile(str(path), "rb") as source:
        reader = pa.ipc.open_file(source) if path.suffix == ".arrow" else pa.ipc.open_stream(source)
        return reader.read_all()


def groups(path):
    if path.suffix != ".parquet":
        return [batch.num_rows for batch in read(path).to_batches()]
    metadata = pq.ParquetFile(path).metadata
    found = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        columns = [group.column(n) for n in range(group.num_columns)]
        found.append((group.num_rows, [(c.path_in_schema, c.physical_type, c.compression, c.num_values) for c in columns]))
    return found


def ask(query):
    return duckdb.connect().execute(query).fetchall()[0]


def check(condition, what):
    if not condition:
        sys.exit(f"not the same: {what}")


def kept(before, after, masked=frozenset()):
    old, new = read(before), read(after)
    check(old.schema.equals(new.schema), f"{before.name}: schema")
    check(groups(before) == groups(after), f"{before.name}: row groups")
    if before.suffix == ".parquet":
        check(pq.ParquetFile(before).schema.equals(pq.ParquetFile(after).schema), f"{before.name}: Parquet schema")
        same = ask(f"SELECT count(*) FROM '{after}'")[0]
        check(same == old.num_rows, f"{before.name}: DuckDB counts other rows")
    for name in old.column_names:
        if name not in masked:
            check(old[name].equals(new[name]), f"{before.name}: {name}")
    return old, new


def compare(made, masked):
    pseudonyms = {}
    for before in sorted(made.iterdir()):
        after = masked / before.name
        old, new = kept(before, after, MASKED | {"address"})
        for name in ["id", "email", "again", "born"]:
            check(old[name].is_null().equals(new[name].is_null()), f"{before.name}: NULLs of {name}")
            check(not old[name].equals(new[name]), f"{before.name}: {name} is not masked")
        for name in ["email", "again"]:
            for value, pseudonym in zip(old[name].to_pylist(), new[name].to_pylist()):
                check(pseudonyms.setdefault(value, pseudonym) == pseudonym, f"{before.name}: {name} does not join")
        for value, pseudonym in zip(old["address"].to_pylist(), new["address"].to_pylist()):
            check((value is None) == (pseudonym is None), f"{before.name}: NULLs of address")
            if value is not None:
                check(value["zip"] == pseudonym["zip"] and value["city"] != pseudonym["city"], f"{before.name}: address")
        check(len(set(new["id"].to_pylist())) == ROWS, f"{before.name}: ids are not unique")
        if before.suffix == ".parquet":
            joined = ask(f"SELECT count(DISTINCT a.email) FROM '{after}' a JOIN '{after}' b ON a.email = b.again")
            check(joined[0] == len({value for value in old["email"].to_pylist() if value}), f"{before.name}: join")
            minima = ask(f"SELECT min(id), max(id), min(email), max(email) FROM '{after}'")
            ids, emails = new["id"].to_pylist(), [value for value in new["email"].to_pylist() if value]
            check(minima == (min(ids), max(ids), min(emails), max(emails)), f"{before.name}: statistics")
    check(len(set(pseudonyms.values())) == len(pseudonyms), "two values have one pseudonym")
    pairs = [f"{value}\t{pseudonym}" for value, pseudonym in sorted((v, p) for v, p in pseudonyms.items() if v)]
    (masked / "pairs.tsv").write_text("\n".join(pairs) + "\n")
    print("same")


if sys.argv[1] == "--kept":
    kept(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    print("same")
elif len(sys.argv) == 2:
    pathlib.Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    make(pathlib.Path(sys.argv[1]))
else:
    compare(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
