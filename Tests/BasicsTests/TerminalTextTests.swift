import Basics
import Testing

@Suite("Text on a terminal")
struct TerminalTextTests {
    @Test(
        "counts columns as a terminal does",
        arguments: [
            ("Tablets", 7), ("図書館", 6), ("e\u{301}te\u{301}", 3), ("👩‍💻 ok", 5), ("ｆｕｌｌ", 8), ("", 0), ("☂️", 2),
        ])
    func width(text: String, columns: Int) {
        #expect(TerminalText.width(text) == columns)
    }

    @Test("cuts and fills to the column, whatever the script")
    func fitting() {
        #expect(TerminalText.cut("Tablets to borrow", to: 10) == "Tablets t…")
        #expect(TerminalText.cut("Tablets to borrow", to: 9) == "Tablets…", "no space before the ellipsis")
        #expect(TerminalText.cut("Tablets", to: 7) == "Tablets")
        #expect(TerminalText.fitted("図書館で借りる", to: 8) == "図書館… ")
        #expect(TerminalText.width(TerminalText.fitted("図書館で借りる", to: 9)) == 9)
    }

    @Test("wraps at words, hangs what follows, and breaks no address")
    func wrapping() {
        #expect(TerminalText.wrapped("one two three four", to: 9, indent: 2) == ["one two", "  three", "  four"])
        let address = "https://example.org/a/very/long/path/indeed"
        #expect(TerminalText.wrapped("see \(address)", to: 20) == ["see", address])
        #expect(TerminalText.wrapped(String(repeating: "図", count: 12), to: 10).map(TerminalText.width) == [10, 10, 4])
        #expect(TerminalText.wrapped("", to: 10) == [])
    }

    @Test("turns underlined lines into headings, and keeps lists hanging")
    func edition() {
        let text = "Bulletin\n========\n\nItem\n----\n* one two three four five six\n---\nend"
        #expect(
            TerminalEdition.lines(of: text, columns: 22) == [
                .heading("Bulletin"), .text(""), .subheading("Item"), .text("* one two three four"),
                .text("  five six"),
                .text("---"), .text("end"),
            ])
    }
}
