//! The page of a mock: Swagger UI with the document, and a line for what the next answers are to be. It needs no network.

use serde_json::Value;

use super::super::oracle::operations::METHODS;

/// Where the page is, whatever the API has at `/`.
pub const PAGE: &str = "/~mock";
/// Where the document is.
pub const DOCUMENT: &str = "/~mock/openapi.json";
/// Below this path lie the files of Swagger UI.
pub const SWAGGER_UI: &str = "/~mock/swagger-ui";

/// From so many paths on, only the groups of operations are shown at first.
const MANY: usize = 40;

/// The document as the page reads it: nothing in it names another server than the mock, and no receiver is an operation of it.
pub fn served(document: &Value) -> Value {
    let mut document = document.clone();
    for item in document.pointer_mut("/paths").and_then(Value::as_object_mut).into_iter().flat_map(|paths| paths.values_mut()) {
        let Some(item) = item.as_object_mut() else { continue };
        item.remove("servers");
        for operation in METHODS {
            if let Some(operation) = item.get_mut(operation).and_then(Value::as_object_mut) {
                operation.remove("servers");
            }
        }
    }
    document
}

/// The page, for a document as it is served; `has_token` says whether the mock checks credentials.
pub fn html(title: &str, document: &Value, has_token: bool) -> String {
    let title = escaped(title);
    let members = |pointer: &str| document.pointer(pointer).and_then(Value::as_object).map_or(0, serde_json::Map::len);
    let expansion = if members("/paths") < MANY { "list" } else { "none" };
    let credentials = match (members("/components/securitySchemes"), has_token) {
        (0, _) => "",
        (_, false) => "Authorize: any credentials will do.",
        (_, true) => "Authorize: the token that the mock was started with.",
    };
    TEMPLATE
        .replace("{{expansion}}", expansion)
        .replace("{{credentials}}", credentials)
        .replace("{{ui}}", SWAGGER_UI)
        .replace("{{document}}", DOCUMENT)
        .replace("{{title}}", &title)
}

/// Text in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const TEMPLATE: &str = r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}} (mock)</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ui}}/swagger-ui.css">
<style>
body { margin: 0; }
#mock { position: sticky; top: 0; z-index: 9; display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: baseline;
  padding: .6rem 1.2rem; background: #1b1b1b; color: #fff; font: 14px/1.5 sans-serif; }
#mock label { display: flex; gap: .5rem; align-items: baseline; }
#mock input { width: 19rem; padding: .2rem .5rem; border: 1px solid #666; border-radius: 3px; font: 13px monospace; }
#mock small { color: #ccc; }
#mock a { color: #8cf; margin-left: auto; }
</style>
</head>
<body>
<div id="mock">
<strong>Made-up answers</strong>
<label>Prefer: <input id="prefer" autocomplete="off" spellcheck="false" placeholder="status=404   or   example=name"></label>
<small>goes along with what is tried below; empty: the first success. {{credentials}}</small>
<a href="{{document}}">openapi.json</a>
</div>
<div id="swagger-ui"></div>
<script src="{{ui}}/swagger-ui-bundle.js"></script>
<script>
window.ui = SwaggerUIBundle({
  url: "{{document}}",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "{{expansion}}",
  defaultModelsExpandDepth: 0,
  filter: true,
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: false,
  validatorUrl: "none",
  requestInterceptor: (request) => {
    const prefer = document.getElementById("prefer").value.trim();
    if (prefer && !request.loadSpec) request.headers["Prefer"] = prefer;
    return request;
  },
});
</script>
</body>
</html>
"##;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_other_server_is_named_and_no_title_is_markup() {
        let server = json!([{"url": "https://example.com"}]);
        let document = json!({"paths": {"/a": {"servers": server, "get": {"servers": server, "responses": {}}, "parameters": []}}});
        assert_eq!(served(&document), json!({"paths": {"/a": {"get": {"responses": {}}, "parameters": []}}}));
        let page = html("<Lamps> & \"more\"{{ui}}", &document, false);
        assert!(page.contains("<title>&lt;Lamps&gt; &amp; &quot;more&quot;{{ui}} (mock)</title>"), "{page}");
        assert_eq!(page.matches("{{").count(), 1);
        let secured = json!({"components": {"securitySchemes": {"key": {}}}});
        for (document, has_token, said) in
            [(&document, false, ""), (&secured, false, "any credentials"), (&secured, true, "the token that")]
        {
            let page = html("", document, has_token);
            assert_eq!((page.contains("Authorize"), page.contains(said)), (!said.is_empty(), true), "{said}");
        }
        // Nothing is fetched from elsewhere.
        assert!(!page.contains("http"), "{page}");
    }
}
