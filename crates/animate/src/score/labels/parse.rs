//! The three forms of label files.

use super::alphabet::{self, Name};
use super::{Labels, LabelsError, LabelsErrorKind};

/// A label as it stands in the text.
struct Entry<'a> {
    line: usize,
    /// Where the form says it; otherwise the end of the entry before.
    start: Option<&'a str>,
    end: &'a str,
    name: &'a str,
}

pub(super) fn parse(text: &str) -> Result<Labels, LabelsError> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = || {
        text.lines()
            .enumerate()
            .map(|(n, line)| (n + 1, line.trim()))
    };
    let filled = || lines().filter(|(_, line)| !line.is_empty());
    let Some((_, first)) = filled().next() else {
        return Err(LabelsError {
            line: 0,
            kind: LabelsErrorKind::Empty,
        });
    };
    let entries: Result<Vec<Entry<'_>>, LabelsError> = match lines().find(|(_, line)| *line == "#")
    {
        Some((header, _)) => filled()
            .filter(|(n, _)| *n > header)
            .map(festival)
            .collect(),
        None if first
            .split_whitespace()
            .next()
            .is_some_and(|word| word.contains(':')) =>
        {
            filled()
                .flat_map(|(n, line)| line.split_whitespace().map(move |word| flite(n, word)))
                .collect()
        }
        // Audacity writes frequencies on lines of their own.
        None => filled()
            .filter(|(_, line)| !line.starts_with('\\'))
            .map(interval)
            .collect(),
    };
    assemble(&entries?)
}

fn festival((line, text): (usize, &str)) -> Result<Entry<'_>, LabelsError> {
    match words(text) {
        [Some(end), Some(_), Some(name)] => Ok(Entry {
            line,
            start: None,
            end,
            name,
        }),
        _ => Err(form(line, text)),
    }
}

fn flite(line: usize, word: &str) -> Result<Entry<'_>, LabelsError> {
    let (name, end) = word.split_once(':').ok_or_else(|| form(line, word))?;
    Ok(Entry {
        line,
        start: None,
        end,
        name,
    })
}

fn interval((line, text): (usize, &str)) -> Result<Entry<'_>, LabelsError> {
    match words(text) {
        [Some(start), Some(end), Some(name)] => Ok(Entry {
            line,
            start: Some(start),
            end,
            name,
        }),
        _ => Err(form(line, text)),
    }
}

/// The first three words of a line.
fn words(text: &str) -> [Option<&str>; 3] {
    let mut words = text.split_whitespace();
    [words.next(), words.next(), words.next()]
}

fn form(line: usize, text: &str) -> LabelsError {
    // Whoever gives a recording instead of labels should not have it printed.
    let kind = LabelsErrorKind::Form(text.chars().take(60).collect());
    LabelsError { line, kind }
}

fn assemble(entries: &[Entry<'_>]) -> Result<Labels, LabelsError> {
    if entries.is_empty() {
        return Err(LabelsError {
            line: 0,
            kind: LabelsErrorKind::Empty,
        });
    }
    let names = entries.iter().map(|entry| {
        alphabet::read(entry.name).ok_or_else(|| error(entry, LabelsErrorKind::Phone, entry.name))
    });
    let names: Vec<Name> = names.collect::<Result<_, _>>()?;
    let mut labels = Labels::default();
    let mut last_us = 0;
    for (n, entry) in entries.iter().enumerate() {
        let time =
            |word| microseconds(word).ok_or_else(|| error(entry, LabelsErrorKind::Time, word));
        let start_us = entry.start.map_or(Ok(last_us), time)?;
        let end_us = time(entry.end)?;
        if start_us < last_us || end_us < start_us {
            return Err(error(entry, LabelsErrorKind::Order, entry.end));
        }
        let phone = match names[n] {
            Name::Phone(phone) => phone,
            Name::Closure(own) => match names.get(n + 1) {
                Some(Name::Phone(next)) if alphabet::has_closure(*next) => *next,
                _ => own,
            },
        };
        labels.push(phone, start_us, end_us);
        last_us = end_us;
    }
    Ok(labels)
}

fn error(entry: &Entry<'_>, kind: fn(String) -> LabelsErrorKind, word: &str) -> LabelsError {
    LabelsError {
        line: entry.line,
        kind: kind(word.chars().take(60).collect()),
    }
}

fn microseconds(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    let fits = (0.0..=f64::from(Labels::SECONDS_MAX)).contains(&seconds);
    fits.then(|| (seconds * 1e6).round() as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spoken(text: &str) -> String {
        let labels = parse(text).unwrap();
        let segment = |s: &super::super::Segment| {
            format!("{} {}-{}", s.phone, s.start_us / 1000, s.end_us / 1000)
        };
        labels
            .segments()
            .iter()
            .map(segment)
            .collect::<Vec<_>>()
            .join(", ")
    }

    #[test]
    fn three_forms_say_the_same() {
        let expected = "sil 0-254, hh 254-296, ax 296-341";
        assert_eq!(spoken("pau:0.254 hh:0.296 ax:0.341 \n\n"), expected);
        assert_eq!(
            spoken("nfields 1\n#\n0.254 100 pau\n 0.296 100 hh ; x\n0.341 100 AX0\n"),
            expected
        );
        assert_eq!(
            spoken("0\t0.254\th#\r\n\\\t1\t2\r\n0.254 0.296 HV\r\n0.296 .341 ax-h"),
            expected
        );
    }

    #[test]
    fn a_closure_belongs_to_the_stop_that_follows() {
        let timit = "0 0.1 tcl\n0.1 0.2 ch\n0.2 0.3 bcl\n0.3 0.4 b\n0.4 0.5 pcl\n0.5 0.6 aa";
        assert_eq!(
            spoken(timit),
            "ch 0-100, ch 100-200, b 200-300, b 300-400, p 400-500, aa 500-600"
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let check = |text: &str, expected: &str| {
            let said = parse(text).unwrap_err().to_string();
            assert!(said.starts_with(expected), "{said}");
        };
        check("", "no labels; accepted are");
        check("\n#\n", "no labels");
        check(
            "0 0.1 aa\n\n0.1 0.2 qq",
            "line 3: no phone 'qq'; accepted are ARPAbet (aa",
        );
        check("0 0.1 aa\n0.05 0.2 b", "line 2: '0.2' goes back in time");
        check("pau:0.2 aa:0.1", "line 1: '0.1' goes back in time");
        check("0 x aa", "line 1: 'x' is no time: seconds from 0 to 86400");
        check("0 -1 aa", "line 1: '-1' is no time");
        check("0 NaN aa", "line 1: 'NaN' is no time");
        check(
            "RIFF",
            "line 1: 'RIFF' is no label; accepted are 'phone:END'",
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "(?s).{0,200}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_looks_like_labels_is_read_in_order_or_refused(
            words in proptest::collection::vec(
                prop_oneof!["[0-9.eE+-]{1,6}", "[a-z#]{1,3}[0-2]?", "[a-z]{1,2}:[0-9.]{1,5}", Just("#".to_owned()), Just("\n".to_owned())],
                0..60,
            )
        ) {
            if let Ok(labels) = parse(&words.join(" ")) {
                let mut last = 0;
                for segment in labels.segments() {
                    prop_assert!(last <= segment.start_us && segment.start_us < segment.end_us);
                    prop_assert_eq!(labels.at(segment.start_us), segment.phone);
                    prop_assert_eq!(labels.at(segment.end_us - 1), segment.phone);
                    last = segment.end_us;
                }
            }
        }
    }
}
