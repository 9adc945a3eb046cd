/// With the commonest entities of HTML decoded: those that mail programs and calendars write.
package func decodedEntities(_ html: String) -> String {
    guard html.contains("&") else { return html }
    let entities = [
        ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
    ]
    return entities.reduce(html) { $0.replacing($1.0, with: $1.1) }
}
