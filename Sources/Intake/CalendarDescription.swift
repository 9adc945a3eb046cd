import Basics
import Foundation
import ICalendar

/// The description of an event as Markdown.
enum CalendarDescription {
    /// Addresses become links, lines stay lines, and the characters that Markdown would read as marks are escaped. The
    /// simple HTML that some calendars keep descriptions in is read as its text.
    static func markdown(_ description: String) -> String {
        let plain = looksLikeHTML(description) ? withoutHTML(description) : description
        var result = ""
        var wasText = false
        for line in lines(plain) {
            let isEntry = ["- ", "* ", "• "].contains { line.hasPrefix($0) }
            switch (line.isEmpty, isEntry) {
            case (true, _):
                if !result.isEmpty, !result.hasSuffix("\n\n") { result += result.hasSuffix("\n") ? "\n" : "\n\n" }
                wasText = false
            case (_, true):
                if wasText { result += "\n\n" } else if !result.isEmpty, !result.hasSuffix("\n") { result += "\n" }
                result += "- " + escaped(String(line.dropFirst(2)))
                wasText = false
            case (_, false):
                if wasText {
                    result += "\\\n"
                } else if !result.isEmpty, !result.hasSuffix("\n\n") {
                    result += result.hasSuffix("\n") ? "\n" : "\n\n"
                }
                result += escaped(line)
                wasText = true
            }
        }
        return result.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Its lines, each as ``CalendarText/line(_:)`` has it.
    private static func lines(_ text: String) -> [String] {
        let unix = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        return unix.split(separator: "\n", omittingEmptySubsequences: false).map { CalendarText.line(String($0)) ?? "" }
    }

    /// A line with its marks of Markdown escaped.
    private static func escaped(_ line: String) -> String {
        let words = line.split(separator: " ").enumerated().map { index, word in
            let word = String(word)
            return link(word) ?? escaped(word: word, isFirst: index == 0)
        }
        return words.joined(separator: " ")
    }

    private static func escaped(word: String, isFirst: Bool) -> String {
        var result = ""
        for character in word {
            if "\\`*_[]<>&|~!".contains(character) { result += "\\" }
            result.append(character)
        }
        guard isFirst, let first = word.first else { return result }
        if "#+-=".contains(first) { return "\\" + result }
        // A number and a full stop would begin a list.
        let digits = word.prefix { $0.isASCII && $0.isNumber }
        if !digits.isEmpty, word.count == digits.count + 1, let last = word.last, last == "." || last == ")" {
            return "\(digits)\\\(last)"
        }
        return result
    }

    /// `<https://…>` where the word is an address, with the punctuation around it.
    private static func link(_ word: String) -> String? {
        guard let scheme = word.range(of: "https?://", options: [.regularExpression, .caseInsensitive]) else {
            return nil
        }
        let before = String(word[..<scheme.lowerBound])
        var address = word[scheme.lowerBound...]
        var after = ""
        while let last = address.last, ".,;:!?)]}>'\"".contains(last) {
            after = String(last) + after
            address = address.dropLast()
        }
        let isPlain = address.unicodeScalars.allSatisfy {
            (0x21...0x7E).contains($0.value) && !"<>\"\\^`{|}".unicodeScalars.contains($0)
        }
        guard isPlain, before.count <= 3, address.count > 8 else { return nil }
        return escaped(word: before, isFirst: false) + "<\(address)>" + escaped(word: after, isFirst: false)
    }

    // MARK: HTML

    private static let tags = "<(br|p|div|span|b|i|u|a|ul|ol|li|strong|em|html-blob|body|html)(\\s[^<>]*|/)?>"

    private static func looksLikeHTML(_ text: String) -> Bool {
        text.range(of: tags, options: [.regularExpression, .caseInsensitive]) != nil
    }

    /// The text of the HTML, as lines; one pass, however it is nested.
    private static func withoutHTML(_ html: String) -> String {
        var result = ""
        var address: String?
        var shown = ""
        var rest = html.replacing("\n", with: " ")[...]
        while let open = rest.firstIndex(of: "<") {
            let text = decodedEntities(String(rest[..<open]))
            if address == nil { result += text } else { shown += text }
            guard let close = rest[open...].firstIndex(of: ">") else {
                result += rest[open...]
                return result
            }
            let tag = rest[rest.index(after: open)..<close]
            rest = rest[rest.index(after: close)...]
            switch tag.prefix(while: { $0 == "/" || $0.isLetter }).lowercased() {
            case "br", "br/", "/p", "/div", "ul", "ol", "/ul", "/ol": result += "\n"
            case "li": result += "\n- "
            case "a":
                (address, shown) = ("", "")
                if let match = tag.firstMatch(of: /href\s*=\s*["']([^"']*)["']/.ignoresCase()) {
                    address = decodedEntities(String(match.1))
                }
            case "/a":
                let target = address ?? ""
                result += shown == target || target.isEmpty ? shown : "\(shown): \(target)"
                address = nil
            default: break
            }
        }
        return result + (address == nil ? "" : shown) + decodedEntities(String(rest))
    }
}
