import Testing

@testable import ICalendar

@Suite struct CalendarTextTests {
    @Test(arguments: [
        "plain", "Bread, cheese; wine", "C:\\Temp", "two\nlines", "comma\\, escaped", "naïve 健康", "trailing\\",
    ])
    func `a text is read back as it was written`(text: String) {
        let escaped = CalendarText.escaped(text)
        #expect(!escaped.contains("\n"))
        #expect(CalendarText.unescaped(escaped) == text)
        #expect(CalendarText.list(escaped + "," + escaped) == [text, text])
    }

    @Test(arguments: [("a\\nb\\Nc", "a\nb\nc"), ("a\\, b\\; c\\\\", "a, b; c\\"), ("a\\x", "ax"), ("a\\", "a")])
    func `escapes of other programs are read`(value: String, expected: String) {
        #expect(CalendarText.unescaped(value) == expected)
    }

    @Test func `a parameter keeps no quotation mark and no line break`() {
        #expect(CalendarText.quoted("The \"Hall\"\r\nX") == "\"The 'Hall' X\"")
    }

    @Test func `a long line is folded between characters and read back whole`() throws {
        let text = String(repeating: "é, ", count: 100) + "\u{1F469}"
        var lines = CalendarLines()
        lines.put("SUMMARY", text: text)
        let physical = lines.text.split(separator: "\r\n")
        #expect(physical.count > 4)
        #expect(physical.allSatisfy { $0.utf8.count <= 75 })
        var reader = ContentLines(Array(lines.text.utf8))
        let line = try #require(try reader.next())
        #expect(line.name == "SUMMARY")
        #expect(CalendarText.unescaped(line.value) == text)
        #expect(try reader.next()?.name == nil)
    }

    @Test func `of a property over the bound the beginning is kept`() throws {
        var reader = ContentLines(Array("X;A=\"b:c\";B=d^'e:\(String(repeating: "x", count: 70_000))\nY:z".utf8))
        let line = try #require(try reader.next())
        #expect(line.isCut)
        #expect(line.parameters == ["A": "b:c", "B": "d\"e"])
        #expect(line.value.utf8.count < CalendarLimits.longestProperty)
        #expect(try reader.next()?.value == "z")
    }
}
