//! A cell as the characters of a number, in capitals and without what separates them, and back into the cell's shape.

/// How a kind of number is written.
pub(super) enum Layout {
    /// Letters and digits, with any of these characters between them.
    Separated(&'static str),
    /// As one of these, `X` being a letter or digit.
    Shapes(&'static [&'static str]),
    /// As it is, separators being characters of the number.
    Whole,
}

/// The characters of a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compact {
    text: [u8; MOST],
    length: usize,
}

/// Characters of the longest number.
const MOST: usize = 24;

impl Compact {
    /// Reads a cell. Letters of both cases in one cell make it invalid unless `folded`: case means nothing then.
    #[inline]
    pub(super) fn read(cell: &[u8], layout: &Layout, folded: bool) -> Option<Self> {
        let mut compact = Self { text: [0; MOST], length: 0 };
        let separated = match layout {
            Layout::Shapes(shapes) => {
                let fits = |shape: &&str| {
                    let pairs = || shape.bytes().zip(cell);
                    shape.len() == cell.len()
                        && pairs().all(|(form, byte)| match form {
                            b'X' => byte.is_ascii_alphanumeric(),
                            form => form == *byte,
                        })
                };
                shapes.iter().any(fits).then_some(())?;
                None
            }
            Layout::Separated(separators) => {
                let ends = [cell.first()?, cell.last()?];
                ends.iter().all(|byte| byte.is_ascii_alphanumeric()).then_some(())?;
                Some(separators.as_bytes())
            }
            Layout::Whole => Some(&[][..]),
        };
        let (mut upper, mut lower) = (false, false);
        for byte in cell {
            upper |= byte.is_ascii_uppercase();
            lower |= byte.is_ascii_lowercase();
            let is_part =
                byte.is_ascii_alphanumeric() || matches!(layout, Layout::Whole) && byte.is_ascii_graphic();
            if is_part {
                *compact.text.get_mut(compact.length)? = byte.to_ascii_uppercase();
                compact.length += 1;
            } else if separated.is_some_and(|separators| !separators.contains(byte)) {
                return None;
            }
        }
        (folded || !(upper && lower)).then_some(compact)
    }

    /// The characters.
    #[inline]
    pub(super) fn text(&self) -> &[u8] {
        &self.text[..self.length]
    }

    /// The characters, to be replaced.
    #[inline]
    pub(super) fn text_mut(&mut self) -> &mut [u8] {
        &mut self.text[..self.length]
    }

    /// Appends `like` with its characters replaced by these, in small letters where it has no others.
    #[inline]
    pub(super) fn write(&self, layout: &Layout, like: &[u8], out: &mut Vec<u8>) {
        let small = like.iter().any(u8::is_ascii_lowercase) && !like.iter().any(u8::is_ascii_uppercase);
        let start = out.len();
        out.extend_from_slice(like);
        let whole = matches!(layout, Layout::Whole);
        let places = out[start..].iter_mut().filter(|byte| whole || byte.is_ascii_alphanumeric());
        for (byte, new) in places.zip(self.text()) {
            *byte = if small { new.to_ascii_lowercase() } else { *new };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str, layout: &Layout) -> Option<String> {
        Some(String::from_utf8(Compact::read(cell.as_bytes(), layout, false)?.text().to_vec()).unwrap())
    }

    #[test]
    fn separators_are_left_out_and_put_back() {
        let layout = Layout::Separated(" -");
        for cell in ["ab-12 3", "AB123", "AB - 123"] {
            assert_eq!(read(cell, &layout).as_deref(), Some("AB123"), "{cell}");
            let mut compact = Compact::read(cell.as_bytes(), &layout, false).unwrap();
            compact.text_mut().copy_from_slice(b"9Z8Y7");
            let mut out = Vec::new();
            compact.write(&layout, cell.as_bytes(), &mut out);
            let shape = |text: &str| text.replace(|c: char| c.is_ascii_alphanumeric(), "x");
            let out = String::from_utf8(out).unwrap();
            assert_eq!(shape(&out), shape(cell));
            assert_eq!(out.contains('z'), cell.contains('a'));
        }
        for cell in ["-AB123", "AB123-", "AB.123", "Ab123", "ÄB123", "", "A123456789012345678901234"] {
            assert_eq!(read(cell, &layout), None, "{cell}");
        }
    }

    #[test]
    fn shapes_and_whole_cells_are_taken_as_they_are() {
        let shapes = Layout::Shapes(&["XX-X", "XXX"]);
        assert_eq!(
            ["12-3", "123", "1-23", "12 3"].map(|cell| read(cell, &shapes).is_some()),
            [true, true, false, false]
        );
        assert_eq!(read("01-a", &Layout::Whole).as_deref(), Some("01-A"));
        assert_eq!(read("0 1", &Layout::Whole), None);
    }
}
