import Basics
import Foundation

/// Texts of a calendar made fit for an item.
package enum CalendarText {
    /// TEXT without its escapes (RFC 5545 section 3.3.11).
    static func unescaped(_ value: String) -> String { parts(value, separator: nil).joined() }

    /// A list of TEXT, separated by commas.
    static func list(_ value: String) -> [String] { parts(value, separator: ",") }

    private static func parts(_ value: String, separator: Character?) -> [String] {
        var parts = [""]
        var isMarked = false
        for character in value {
            if isMarked {
                parts[parts.count - 1].append(character == "n" || character == "N" ? "\n" : character)
                isMarked = false
            } else if character == "\\" {
                isMarked = true
            } else if character == separator {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    /// On one line, without what no item may hold; nil where nothing is left.
    package static func line(_ text: String) -> String? {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            UnfitCharacter.first(in: String(scalar), oneLine: true) == nil ? scalar : " "
        }
        let words = String(String.UnicodeScalarView(scalars)).split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Lines, without what no item may hold.
    private static func lines(_ text: String) -> [String] {
        let unix = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        return unix.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) ?? "" }
    }

    // MARK: Markdown

    /// A description as Markdown that shows what it says: every mark of Markdown in it stands for itself, addresses
    /// become links, lines stay lines. The simple HTML that some calendars keep descriptions in is read as what it shows.
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

    /// A line whose marks of Markdown stand for themselves.
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

    /// `<https://…>` where the word is an address, with what stands around it.
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

    /// What the HTML shows, as lines; one pass, whatever is nested in what.
    private static func withoutHTML(_ html: String) -> String {
        var result = ""
        var address: String?
        var shown = ""
        var rest = html.replacing("\n", with: " ")[...]
        while let open = rest.firstIndex(of: "<") {
            let text = decoded(rest[..<open])
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
                    address = decoded(match.1)
                }
            case "/a":
                let target = address ?? ""
                result += shown == target || target.isEmpty ? shown : "\(shown): \(target)"
                address = nil
            default: break
            }
        }
        return result + (address == nil ? "" : shown) + decoded(rest)
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        guard text.contains("&") else { return String(text) }
        var result = String(text)
        let names = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        for (name, character) in names { result = result.replacing(name, with: character) }
        return result
    }
}
