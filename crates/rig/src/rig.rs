use std::collections::BTreeMap;

use crate::RigError;
use crate::compile::{Channels, DerivedChannel, LayerPoints, Weighed, compile};
use crate::definition::{FACE, Face};
use crate::pose::{Head, Turner};

/// Width and height of the drawing in its own units.
pub const SIZE: f64 = 480.0;

/// One drawn face, ready to be posed.
pub struct Rig {
    face: Face,
    palette: BTreeMap<String, [u8; 3]>,
    /// Values of the morphs, in the order of the face's `morphs`.
    morphs: Vec<f64>,
    derived: Vec<DerivedChannel>,
    layers: Vec<LayerPoints>,
}

/// A shape of one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Its name; a mirror image ends in `-`.
    pub name: String,
    /// A start, then three points a cubic curve: two handles and an end. Units of the drawing, y down.
    pub points: Vec<[f64; 2]>,
    /// Whether the end is joined to the start.
    pub closed: bool,
    /// Name of the shape that it shows through; that one may be cut by another.
    pub clip: Option<String>,
    /// Red, green and blue inside.
    pub fill: Option<[u8; 3]>,
    /// Red, green and blue along the path.
    pub stroke: Option<[u8; 3]>,
    /// Breadth of the stroke in units of the drawing.
    pub width: f64,
    /// Opacity, 0 to 1.
    pub alpha: f64,
}

impl Rig {
    /// The face that has the look called `look`: `vera` or `otto`.
    ///
    /// # Errors
    ///
    /// [`RigError::Look`] for another name.
    pub fn new(look: &str) -> Result<Self, RigError> {
        let wrong = |what: String| RigError::Definition(what);
        let face: Face = serde_json::from_str(FACE).map_err(|error| wrong(error.to_string()))?;
        let Some(chosen) = face.looks.get(look) else {
            let known: Vec<&str> = face.looks.keys().map(String::as_str).collect();
            return Err(RigError::Look(look.into(), known.join(", ")));
        };
        let mut palette = BTreeMap::new();
        for (name, hex) in &chosen.palette {
            let rgb = colour(hex).ok_or_else(|| wrong(format!("colour {name}: {hex}")))?;
            palette.insert(name.clone(), rgb);
        }
        let value = |name: &String| chosen.morph.get(name).copied().unwrap_or(0.0);
        let morphs = face.morphs.iter().map(value).collect();
        let mut channels = Channels::new(&face);
        let derived = channels.derive(&face.derived)?;
        let layers = compile(&face, look, &channels)?;
        Ok(Self {
            face,
            palette,
            morphs,
            derived,
            layers,
        })
    }

    /// Names of the looks there are.
    ///
    /// # Errors
    ///
    /// [`RigError::Definition`], which a test rules out.
    pub fn looks() -> Result<Vec<String>, RigError> {
        let face: Face =
            serde_json::from_str(FACE).map_err(|error| RigError::Definition(error.to_string()))?;
        Ok(face.looks.into_keys().collect())
    }

    /// Names of the 52 channels, in the order of the weights.
    #[must_use]
    pub fn channels(&self) -> &[String] {
        &self.face.channels
    }

    /// The shapes of one instant, back to front; weights are 0 to 1.
    #[must_use]
    pub fn shapes(&self, weights: &[f32; 52], head: &Head) -> Vec<Shape> {
        let mut values: Vec<f64> = weights.iter().map(|weight| f64::from(*weight)).collect();
        values.extend(&self.morphs);
        for derived in &self.derived {
            let value = derived.value(&values);
            values.push(value);
        }
        let turner = Turner::new(&self.face, head);
        let paint = |name: &Option<String>| self.palette.get(name.as_ref()?).copied();
        let shape = |layer: &LayerPoints| Shape {
            name: layer.name.clone(),
            points: layer
                .points
                .iter()
                .map(|point| {
                    let [mut x, mut y] = point.at;
                    for (channel, [dx, dy]) in &point.moves {
                        let value = channel.value(&values);
                        x += dx * value;
                        y += dy * value;
                    }
                    turner.turn([x, y, point.z], point.follow)
                })
                .collect(),
            closed: layer.closed,
            clip: layer.clip.clone(),
            fill: paint(&layer.fill),
            stroke: paint(&layer.stroke),
            width: layer.width,
            alpha: (layer.alpha + Weighed::sum(&layer.alpha_by, &values)).clamp(0.0, 1.0),
        };
        self.layers.iter().map(shape).collect()
    }
}

impl std::fmt::Debug for Rig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rig")
            .field("layers", &self.layers.len())
            .finish_non_exhaustive()
    }
}

/// `#rrggbb`.
fn colour(hex: &str) -> Option<[u8; 3]> {
    let digits = hex.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_is_made_of_known_points_channels_and_colours() {
        for look in Rig::looks().unwrap() {
            let rig = Rig::new(&look).unwrap();
            let shapes = rig.shapes(&[0.0; 52], &Head::default());
            for layer in &rig.layers {
                for colour in [&layer.fill, &layer.stroke].into_iter().flatten() {
                    assert!(rig.palette.contains_key(colour), "{}: {colour}", layer.name);
                }
            }
            for shape in &shapes {
                assert_eq!(shape.points.len() % 3, 1, "{}", shape.name);
                assert!(shape.fill.is_some() || shape.stroke.is_some());
                let clip = shape.clip.as_ref();
                assert!(clip.is_none_or(|clip| shapes.iter().any(|one| one.name == *clip)));
            }
            assert_eq!(rig.channels().len(), 52);
            assert!(FACE.contains(&format!("\"size\": [{SIZE}, {SIZE}]")));
        }
    }

    #[test]
    fn lips_meet_when_the_open_jaw_is_made_up_for() {
        for look in Rig::looks().unwrap() {
            let rig = Rig::new(&look).unwrap();
            let at = |name: &str| rig.channels().iter().position(|it| it == name).unwrap();
            let gap = |weights: &[f32; 52]| {
                let shapes = rig.shapes(weights, &Head::default());
                let inside = shapes.iter().find(|shape| shape.name == "inside").unwrap();
                inside.points[9][1] - inside.points[3][1]
            };
            let mut weights = [0.0; 52];
            assert!(gap(&weights).abs() < 1e-9);
            weights[at("jawOpen")] = 0.4;
            assert!(gap(&weights) > 15.0);
            weights[at("mouthClose")] = 0.4;
            assert!(gap(&weights).abs() < 1e-9);
            weights[at("mouthPressLeft")] = 0.5;
            weights[at("mouthPressRight")] = 0.5;
            assert!(gap(&weights) < 0.0, "pressed lips leave no gap");
        }
    }

    #[test]
    fn an_unknown_look_is_refused_with_those_there_are() {
        let error = Rig::new("nobody").unwrap_err();
        assert_eq!(error.to_string(), "no look nobody: there are otto, vera");
    }
}
