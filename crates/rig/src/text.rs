//! Small letters for captions: strokes of our own on a grid, so that no font file is needed.

use tiny_skia::{LineCap, LineJoin, PathBuilder, Pixmap, Stroke, Transform};

use crate::paint::paint;

/// Grid lines from the top of a capital to the base line; small letters reach below by two more.
const CAPITAL: f32 = 6.0;
/// Space after a letter, in grid lines.
const GAP: f32 = 1.7;

/// Writes `text` in one line: `at` is the left end of the base line in pixels, `size` the height of a capital.
///
/// Letters, digits and common signs of ASCII are known; others become a box.
pub fn write(pixels: &mut Pixmap, text: &str, at: [f32; 2], size: f32, colour: [u8; 3]) {
    let scale = size / CAPITAL;
    let stroke = Stroke {
        width: 0.95,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        ..Stroke::default()
    };
    let mut x = at[0];
    for letter in text.chars() {
        let mut builder = PathBuilder::new();
        for line in glyph(letter).split(' ') {
            let mut begun = false;
            for place in points(line) {
                if begun {
                    builder.line_to(place.0, place.1);
                } else {
                    builder.move_to(place.0, place.1);
                    // A dot is a line to its own place.
                    builder.line_to(place.0 + 0.01, place.1);
                    begun = true;
                }
            }
        }
        if let Some(path) = builder.finish() {
            let place = Transform::from_row(scale, 0.0, 0.0, scale, x, at[1] - size);
            pixels.stroke_path(&path, &paint(colour, 1.0), &stroke, place, None);
        }
        x += scale * (breadth(letter) + GAP);
    }
}

/// How long [`write()`] makes `text`, in pixels.
#[must_use]
pub fn width(text: &str, size: f32) -> f32 {
    let lines: f32 = text.chars().map(|letter| breadth(letter) + GAP).sum();
    (lines - GAP).max(0.0) * size / CAPITAL
}

fn breadth(letter: char) -> f32 {
    if letter == ' ' {
        return 1.5;
    }
    glyph(letter)
        .split(' ')
        .flat_map(points)
        .fold(0.0, |most, place| place.0.max(most))
}

/// Pairs of digits, x then y from the top: a letter is lines with a space between.
fn points(line: &str) -> impl Iterator<Item = (f32, f32)> {
    let digit = |byte: u8| f32::from(byte.saturating_sub(b'0'));
    line.as_bytes()
        .chunks_exact(2)
        .map(move |pair| (digit(pair[0]), digit(pair[1])))
}

#[rustfmt::skip]
const fn glyph(letter: char) -> &'static str {
    match letter {
        'a' => "3322120305162635 3236",
        'b' => "0006 0312223335261605",
        'c' => "3322120305162635",
        'd' => "3036 3322120305162635",
        'e' => "04343322120305162635",
        'f' => "201116 0222",
        'g' => "3322120305162635 32372818",
        'h' => "0006 0312223336",
        'i' => "0206 00",
        'j' => "121708 10",
        'k' => "0006 3205 1436",
        'l' => "0006",
        'm' => "0206 0312223336 3342526366",
        'n' => "0206 0312223336",
        'o' => "122233352616050312",
        'p' => "0208 0312223335261605",
        'q' => "3238 3322120305162635",
        'r' => "0206 031222",
        's' => "3322120335261605",
        't' => "101526 0222",
        'u' => "0205162635 3236",
        'v' => "022642",
        'w' => "0216325662",
        'x' => "0236 3206",
        'y' => "0226 4218",
        'z' => "02320636",
        'A' => "062046 1434",
        'B' => "00063645443303 0030414233",
        'C' => "4130100105163645",
        'D' => "00062644422000",
        'E' => "40000646 0333",
        'F' => "400006 0333",
        'G' => "4130100105163645 454323",
        'H' => "0006 4046 0343",
        'I' => "0006",
        'J' => "3035261605",
        'K' => "0006 4004 1346",
        'L' => "000646",
        'M' => "0600336066",
        'N' => "06004640",
        'O' => "103041453616050110",
        'P' => "06003041423303",
        'Q' => "103041453616050110 2446",
        'R' => "06003041423303 2346",
        'S' => "413010010213334445361605",
        'T' => "0040 2026",
        'U' => "000516364540",
        'V' => "002640",
        'W' => "0016335660",
        'X' => "0046 4006",
        'Y' => "002340 2326",
        'Z' => "00400646",
        '0' => "102031352616050110",
        '1' => "011016",
        '2' => "01102031320636",
        '3' => "0110203132233435261605 1323",
        '4' => "26200434",
        '5' => "30000312223335261605",
        '6' => "312010010516263534231304",
        '7' => "003016",
        '8' => "13020110203132231304051626353423",
        '9' => "051626353120100102132332",
        '.' | '·' => "06",
        ',' => "0607",
        ':' => "0306",
        '-' => "0333",
        '_' => "0747",
        '/' => "0630",
        '+' => "0444 2226",
        '(' => "20110516 1627",
        ')' => "00111506 1507",
        '%' => "0640 00 46",
        '\'' => "0001",
        '?' => "01102031322324 26",
        '!' => "0004 06",
        '=' => "0333 0535",
        ' ' => "",
        _ => "0006363000",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::blank;

    #[test]
    fn every_sign_is_lines_on_the_grid_and_differs_from_the_others() {
        let mut seen = std::collections::BTreeSet::new();
        for letter in (' '..='~').filter(|letter| glyph(*letter) != glyph('\u{1}')) {
            for line in glyph(letter).split(' ') {
                assert_eq!(line.len() % 2, 0, "{letter}: {line}");
                assert!(points(line).all(|(x, y)| x <= 6.0 && y <= 8.0), "{letter}");
            }
            assert!(seen.insert(glyph(letter)) || letter == 'l', "{letter}");
        }
        assert!(seen.len() > 70);
    }

    #[test]
    fn writing_leaves_ink_and_is_as_wide_as_it_says() {
        let mut pixels = blank(200, 30).unwrap();
        let text = "aa 0.48 PP";
        write(&mut pixels, text, [4.0, 22.0], 12.0, [0, 0, 0]);
        let inked = |x: u32| (0..30).any(|y| pixels.pixel(x, y).unwrap().alpha() > 0);
        let last = (0..200).rev().find(|x| inked(*x)).unwrap() as f32;
        assert!((last - 4.0 - width(text, 12.0)).abs() < 3.0, "{last}");
    }
}
