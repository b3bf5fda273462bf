//! Plots as SVG text: points over two logarithmic axes, with a title for whoever points at one.

/// Width of a plot, in pixels.
const WIDTH: f64 = 460.0;
/// Height of a plot.
const HEIGHT: f64 = 300.0;
/// Room for the labels.
const MARGIN: f64 = 48.0;

/// A point of a plot.
#[derive(Debug, Clone)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// Its name.
    pub name: String,
    /// Whether it is as it should be.
    pub good: bool,
}

/// A plot. What is not above zero has no place on a logarithmic axis: it lies at the edge.
pub fn scatter(title: &str, across: &str, upwards: &str, points: &[Point]) -> String {
    let (horizontal, vertical) = (Axis::new(points.iter().map(|it| it.x)), Axis::new(points.iter().map(|it| it.y)));
    let x = |value: f64| MARGIN + horizontal.share(value) * (WIDTH - MARGIN - 12.0);
    let y = |value: f64| HEIGHT - MARGIN - vertical.share(value) * (HEIGHT - MARGIN - 28.0);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{0}\"><text class=\"title\" x=\"{MARGIN}\" y=\"16\">{0}</text>",
        escape(title)
    );
    let (left, right, bottom, top) = (MARGIN, WIDTH - 12.0, HEIGHT - MARGIN, 28.0);
    for tick in horizontal.ticks() {
        let at = x(tick);
        svg.push_str(&format!("<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{top}\" y2=\"{bottom}\"/><text class=\"tick\" text-anchor=\"middle\" x=\"{at:.1}\" y=\"{:.1}\">{}</text>", bottom + 14.0, number(tick)));
    }
    for tick in vertical.ticks() {
        let at = y(tick);
        svg.push_str(&format!("<line x1=\"{left}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text class=\"tick\" text-anchor=\"end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>", left - 5.0, at + 3.0, number(tick)));
    }
    let middle = (left + right) / 2.0;
    svg.push_str(&format!("<text class=\"axis\" text-anchor=\"middle\" x=\"{middle}\" y=\"{}\">{}</text>", HEIGHT - 12.0, escape(across)));
    let centre = (top + bottom) / 2.0;
    svg.push_str(&format!(
        "<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(12 {centre}) rotate(-90)\">{}</text>",
        escape(upwards)
    ));
    for point in points {
        let class = if point.good { "good" } else { "bad" };
        svg.push_str(&format!(
            "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\"><title>{}</title></circle>",
            x(point.x),
            y(point.y),
            escape(&point.name)
        ));
    }
    svg + "</svg>\n"
}

/// A logarithmic axis over whole powers of ten.
struct Axis {
    first: i32,
    last: i32,
}

impl Axis {
    fn new(values: impl Iterator<Item = f64> + Clone) -> Self {
        let logs = values.filter(|value| *value > 0.0).map(f64::log10);
        let least = logs.clone().fold(f64::INFINITY, f64::min);
        let most = logs.fold(f64::NEG_INFINITY, f64::max);
        if least > most {
            return Self { first: 0, last: 1 };
        }
        // Nobody measures less than a millisecond, nor a million seconds.
        let whole = |value: f64| value.clamp(-4.0, 12.0) as i32;
        let (first, last) = (whole(least.floor()), whole(most.ceil()));
        Self { first, last: last.max(first + 1) }
    }

    fn share(&self, value: f64) -> f64 {
        let log = if value > 0.0 { value.log10() } else { f64::from(self.first) };
        ((log - f64::from(self.first)) / f64::from(self.last - self.first)).clamp(0.0, 1.0)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        (self.first..=self.last).map(|power| 10_f64.powi(power))
    }
}

fn number(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{} M", value / 1e6),
        value if value >= 1e3 => format!("{} k", value / 1e3),
        value => format!("{}", (value * 1e4).round() / 1e4),
    }
}

/// Text between tags and in attributes.
pub fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_inside_and_names_are_text() {
        let point = |x, y| Point { x, y, name: "<b>".to_owned(), good: y > 0.0 };
        let svg = scatter("a & b", "x", "y", &[point(1.0, 0.0), point(1e6, 3.0), point(0.0, 0.001)]);
        assert!(svg.contains("a &amp; b") && svg.contains("<title>&lt;b&gt;</title>") && !svg.contains("<b>"));
        assert_eq!((svg.matches("class=\"good\"").count(), svg.matches("class=\"bad\"").count()), (2, 1));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(scatter("none", "x", "y", &[]).ends_with("</svg>\n"));
    }
}
