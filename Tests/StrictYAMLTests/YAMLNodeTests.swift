import Testing

@testable import StrictYAML

@Suite struct YAMLNodeTests {
    private typealias Node = YAMLNode<YAMLPosition?>

    /// The tree of `text` on one line: scalars as they stand, quoted ones in quotation marks.
    private func read(_ text: String) throws(YAMLFault) -> String {
        try Node.document(in: text) { $0 }.map(shown) ?? "none"
    }

    private func shown(_ node: Node) -> String {
        switch node.content {
        case .scalar(let text, let plain): plain ? text : "\"\(text)\""
        case .list(let items): "[" + items.map(shown).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\($0.key): \(shown($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    @Test(arguments: [
        ("", "none"), ("# nothing\n", "none"), ("a: No\nb: 0x1F\nc: ~\nd:\n", "{a: No, b: 0x1F, c: ~, d: }"),
        ("a: [x, 'y']\nb: {c: d}", "{a: [x, \"y\"], b: {c: d}}"), ("a: R&D and *this* !", "{a: R&D and *this* !}"),
        ("a: |\n  &b\n  *c\n", "{a: \"&b\n*c\n\"}"), ("a: \"x\n  *y\"", "{a: \"x *y\"}"),
        ("a: x\n  & y", "{a: x & y}"),
    ])
    func `a value is its source text`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }

    @Test func `each key and value has its position`() throws {
        let root = try #require(try Node.document(in: "# x\na:\n  bé: c") { $0 })
        guard case .mapping(let outer) = root.content, case .mapping(let inner) = outer[0].value.content else {
            Issue.record("no mapping")
            return
        }
        #expect(outer[0].place == YAMLPosition(line: 2, column: 1))
        #expect(inner[0].place == YAMLPosition(line: 3, column: 3))
        #expect(inner[0].value.place == YAMLPosition(line: 3, column: 7))
    }

    @Test(arguments: [
        ("a: &b c", YAMLFault.Reason.anchor, 1, 4), ("a: *b", .alias, 1, 4), ("x: y\na: !b c", .tag, 2, 4),
        ("&a b: c", .anchor, 1, 1), ("[a]: b", .keyIsNoScalar, 1, 1), ("a: b\n---\nc: d", .secondDocument, 3, 1),
        ("a: 1\nb:\n  a: 2\na: 3", .repeatedKey("a", firstLine: 1, isFound: true), 4, 1),
        ("\"a\": 1\n'a': 3", .repeatedKey("a", firstLine: 1, isFound: true), 2, 1),
        ("b: {a: 1, a: 2}\nc:\n  a: 2", .repeatedKey("a", firstLine: 1, isFound: true), 3, 5),
        ("b: {a: 1,\n    a: 2}", .repeatedKey("a", firstLine: 1, isFound: true), 2, 5),
        ("b: {a: 1, a: 2}", .repeatedKey("a", firstLine: 1, isFound: false), 1, 5),
    ])
    func `what a file is better without is refused at its place`(
        text: String, reason: YAMLFault.Reason, line: Int, column: Int
    ) {
        #expect(throws: YAMLFault(reason: reason, position: YAMLPosition(line: line, column: column))) {
            try read(text)
        }
    }

    @Test(arguments: ["a: b: c", "a: \"b", "\ta: b", "a: @b", "a: [b", String(repeating: "[", count: 30_000)])
    func `syntax that is wrong is refused`(text: String) {
        let fault = #expect(throws: YAMLFault.self) { try read(text) }
        guard case .syntax = fault?.reason else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }
}
