//! Cells of one column of one block: what operators read and write.
//!
//! A [`Column`] borrows its bytes from the block (or from the buffer of decoded cells), so that reading costs two
//! `u32` per cell and no copy. Results go to a [`ColumnBuilder`] whose buffers are recycled from block to block.

/// Where a cell's value lies, or that it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: u32,
    len: u32,
}

impl Span {
    /// A cell that is NULL, or a keyword such as `DEFAULT` that is not a value.
    pub const NULL: Self = Self { start: 0, len: u32::MAX };
    const DECODED: u32 = 1 << 31;

    /// Bytes `start..start + len` of the block.
    pub fn raw(start: usize, len: usize) -> Self {
        debug_assert!(start < Self::DECODED as usize && len < u32::MAX as usize);
        Self { start: start as u32, len: len as u32 }
    }

    /// Bytes `start..start + len` of the buffer of decoded cells.
    pub fn decoded(start: usize, len: usize) -> Self {
        debug_assert!(start < Self::DECODED as usize && len < u32::MAX as usize);
        Self { start: start as u32 | Self::DECODED, len: len as u32 }
    }

    /// Whether there is no value.
    pub fn is_null(self) -> bool {
        self.len == u32::MAX
    }

    /// The range in its buffer. Not for NULL.
    pub fn range(self) -> std::ops::Range<usize> {
        let start = (self.start & !Self::DECODED) as usize;
        start..start + self.len as usize
    }

    fn is_decoded(self) -> bool {
        self.start & Self::DECODED != 0
    }
}

/// The values of one column of a block, decoded (no escapes, no quotes), in row order.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    block: &'a [u8],
    decoded: &'a [u8],
    spans: &'a [Span],
    text: bool,
}

impl<'a> Column<'a> {
    /// A column over a block, the buffer of its decoded cells, and one span for each row.
    pub fn new(block: &'a [u8], decoded: &'a [u8], spans: &'a [Span]) -> Self {
        Self { block, decoded, spans, text: false }
    }

    /// The column, all of whose values are UTF-8 if `known` says so.
    #[must_use]
    pub fn known_as_text(self, known: bool) -> Self {
        Self { text: known, ..self }
    }

    /// Whether all values are known to be UTF-8.
    pub fn is_text(&self) -> bool {
        self.text
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// How many rows are NULL.
    pub fn nulls(&self) -> u64 {
        self.spans.iter().filter(|span| span.is_null()).count() as u64
    }

    /// The value in row `row`, or `None` for NULL.
    #[inline]
    pub fn value(&self, row: usize) -> Option<&'a [u8]> {
        let span = self.spans[row];
        if span.is_null() {
            return None;
        }
        let bytes = if span.is_decoded() { self.decoded } else { self.block };
        Some(&bytes[span.range()])
    }

    /// The column of these rows only; `spans` is room for its cells.
    pub fn select<'s>(&self, rows: &[u32], spans: &'s mut Vec<Span>) -> Column<'s>
    where
        'a: 's,
    {
        self.gather(rows.iter().map(|row| *row as usize), spans)
    }

    /// As [`Column::select`], of any rows in any order.
    pub(crate) fn gather<'s>(&self, rows: impl Iterator<Item = usize>, spans: &'s mut Vec<Span>) -> Column<'s>
    where
        'a: 's,
    {
        spans.clear();
        spans.extend(rows.map(|row| self.spans[row]));
        Column { spans, ..*self }
    }

    /// `N` bytes from where the value in row `row` starts, what stands behind it included, if there are so many. Not for
    /// NULL.
    #[inline]
    pub fn window<const N: usize>(&self, row: usize) -> Option<&'a [u8; N]> {
        let span = self.spans[row];
        let bytes = if span.is_decoded() { self.decoded } else { self.block };
        bytes.get(span.range().start..)?.first_chunk()
    }

    /// The bytes that [`place`](Self::place) is about: those of the block.
    pub fn bytes(&self) -> &'a [u8] {
        self.block
    }

    /// Where the value in row `row` stands in [`bytes`](Self::bytes). Not for NULL, nor for a decoded value.
    #[inline]
    pub fn place(&self, row: usize) -> std::ops::Range<usize> {
        self.spans[row].range()
    }

    /// All values in row order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&'a [u8]>> + use<'a> {
        let column = *self;
        (0..column.len()).map(move |row| column.value(row))
    }
}

/// Appends `bytes[range]` to `out`. A short run with bytes after it is copied at a fixed length and cut, which is several
/// times as fast as a call of `memcpy` for its real length.
#[inline]
pub fn append(out: &mut Vec<u8>, bytes: &[u8], range: std::ops::Range<usize>) {
    const SHORT: usize = 32;
    match bytes.get(range.start..).and_then(<[u8]>::first_chunk::<SHORT>) {
        Some(chunk) if range.len() <= SHORT => {
            let end = out.len() + range.len();
            out.extend_from_slice(chunk);
            out.truncate(end);
        }
        _ => out.extend_from_slice(&bytes[range]),
    }
}

/// What an operator made of a column: for each row a new value, NULL, or "leave the cell as it is".
#[derive(Default)]
pub struct ColumnBuilder {
    bytes: Vec<u8>,
    cells: Vec<Built>,
    nulls: bool,
}

#[derive(Clone, Copy)]
struct Built {
    start: u32,
    len: u32,
}

const KEPT: u32 = u32::MAX;
const NULLED: u32 = u32::MAX - 1;

/// One cell of a finished [`ColumnBuilder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// The cell stays as it is in the input, byte for byte.
    Kept,
    /// The cell becomes NULL.
    Null,
    /// The cell gets this value (not yet escaped or quoted).
    Value(&'a [u8]),
}

impl ColumnBuilder {
    /// Forgets all cells and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
        self.nulls = false;
    }

    /// Cells so far.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The bytes of all values one after the other, for a look at all of them at once.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends a cell that stays as it is.
    #[inline]
    pub fn keep(&mut self) {
        self.cells.push(Built { start: 0, len: KEPT });
    }

    /// Appends a NULL.
    #[inline]
    pub fn null(&mut self) {
        self.cells.push(Built { start: 0, len: NULLED });
        self.nulls = true;
    }

    /// Appends a value.
    #[inline]
    pub fn value(&mut self, value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.end(start);
    }

    /// Appends a value that `write` appends to the buffer.
    #[inline]
    pub fn write(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        self.end(start);
    }

    fn end(&mut self, start: usize) {
        self.cells.push(Built { start: start as u32, len: (self.bytes.len() - start) as u32 });
    }

    /// Whether some cell becomes NULL.
    pub fn has_nulls(&self) -> bool {
        self.nulls
    }

    /// Where the value in row `row` stands in [`bytes`](Self::bytes), if that cell is one.
    #[inline]
    pub fn value_range(&self, row: usize) -> Option<std::ops::Range<usize>> {
        let built = self.cells[row];
        let start = built.start as usize;
        (built.len < NULLED).then(|| start..start + built.len as usize)
    }

    /// The cell in row `row`.
    #[inline]
    pub fn cell(&self, row: usize) -> Cell<'_> {
        let built = self.cells[row];
        match built.len {
            KEPT => Cell::Kept,
            NULLED => Cell::Null,
            len => Cell::Value(&self.bytes[built.start as usize..(built.start + len) as usize]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn appending_a_range_is_appending_its_bytes(
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            start in 0usize..100,
            len in 0usize..60,
        ) {
            let start = start.min(bytes.len());
            let range = start..(start + len).min(bytes.len());
            let mut out = b"before".to_vec();
            append(&mut out, &bytes, range.clone());
            prop_assert_eq!(&out[6..], &bytes[range]);
        }
    }

    #[test]
    fn a_cell_is_what_was_built() {
        let mut builder = ColumnBuilder::default();
        builder.keep();
        builder.value(b"abc");
        builder.null();
        builder.write(|out| out.extend_from_slice(b"de"));
        let cells: Vec<Cell<'_>> = (0..builder.len()).map(|row| builder.cell(row)).collect();
        assert_eq!(cells, [Cell::Kept, Cell::Value(b"abc"), Cell::Null, Cell::Value(b"de")]);
        assert!(builder.has_nulls());
        assert_eq!([0, 1, 2, 3].map(|row| builder.value_range(row)), [None, Some(0..3), None, Some(3..5)]);
    }
}
