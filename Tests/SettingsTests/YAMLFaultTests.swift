import Testing

@testable import Settings

@Suite struct YAMLFaultTests {
    @Test(arguments: [
        (
            "state: &a b",
            "fortnight.yaml:1:8: is an anchor (&), which is not read: write the value out, or quote the text"
        ),
        (
            "state: *a",
            "fortnight.yaml:1:8: is an alias (*), which is not read: write the value out, or quote the text"
        ),
        ("state: !a b", "fortnight.yaml:1:8: is a tag (!), which is not read: remove it, or quote the text"),
        ("[a]: b", "fortnight.yaml:1:1: is a key that is not a name: write \"name: value\""),
        (
            "state: a\nweb:\n  state: b\nstate: c",
            "fortnight.yaml:4:1: \"state\" is repeated, and is on line 1 already: keep one of them"
        ),
        ("web: {a: b, a: b}", "fortnight.yaml:1:7: \"a\" is repeated: keep one of them"),
        ("a: b\n---\nc: d", "fortnight.yaml:3:1: begins a second document: keep one, and remove the line ---"),
        (
            "state: a: b",
            "fortnight.yaml:1:9: is not YAML here (mapping values are not allowed in this context): indent with spaces, "
                + "and quote text that holds \": \" or \" #\""
        ),
        ("a: \u{200B}\u{7}", "fortnight.yaml:1:5: holds the hidden character U+0007: remove it"),
    ])
    func `YAML that is not read is named with its line and column`(text: String, expected: String) {
        #expect(faults(text) == [expected])
    }
}
