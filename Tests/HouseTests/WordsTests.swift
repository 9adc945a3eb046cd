import Foundation
import Testing

/// The repository's words: plain English, the names that mail engineers use, and nothing that only we could look up.
@Suite("The words")
struct WordsTests {
    /// Wordings of the past that read as if translated, or were metaphors of our own.
    private static let retiredPhrases = [
        "becomes whose the state is", "who was killed into twice", "whoever's last change", "is hung up on",
        "each named once more than it is there", "what was moved or called off stays so",
        "and the first again when it is up", "nobody's business", "wants seeing to", "does not get 24-closed",
        "messages arrived is not known", "what is full is made room in", "is made room in by a person",
        "who keeps the roll", "travels light", "travel light", "is to be had", "wants a restart", "the roll ",
        "on the roll", "a roll of", "the shelf",
    ]

    /// Types and functions that were renamed, and must not come back under the old name.
    private static let retiredNames: Set<String> = [
        "Office", "OfficeInForce", "House", "Workplace", "Pulse", "Standing", "StandingBoard", "travelLight",
        "KeepTime", "TidyRoll", "MailingDesk", "Outlook", "Dispatch", "Manner", "minTime", "Lane",
        "OpeningOffice", "Bell", "Offers", "Patience", "Errand", "Ceiling", "Slowdown", "Pace", "RelayChoice",
        "Envelope", "Stencil", "Sheet", "SealRing", "Press", "CalendarPress", "FeedPress", "Frame",
        "Vocabulary", "Reception", "FrontDoor", "SignUpGate", "RollDesk", "Roll", "Wish", "LetterQueue",
        "LetterSource", "MailConversation",
    ]

    /// Documents that only we have.
    private static let documents: Set<String> = ["DESIGN", "STANDARDS", "HOUSE", "SEED", "STYLE", "PEERS"]

    @Test("are the field's, in every file")
    func wording() throws {
        var faults: [String] = []
        for file in try Repository.files(in: ["Sources", "deploy", "templates", "seeds", "README.md"]) {
            for passage in try Repository.allText(of: file) {
                let text = passage.text.lowercased().replacing("\n", with: " ") + " "
                for phrase in Self.retiredPhrases where text.contains(phrase) {
                    faults.append("\(passage.file):\(passage.line): “\(phrase)”")
                }
            }
        }
        report(faults)
    }

    @Test("name types as the field does")
    func names() throws {
        var faults: [String] = []
        for file in try Repository.files(in: ["Sources", "Tests"]) where file.hasSuffix(".swift") {
            let text = SwiftText(try Repository.text(of: file), file: file)
            for identifier in text.identifiers
            where Self.retiredNames.contains(identifier.name) || identifier.name.hasSuffix("Shelf") {
                faults.append("\(file):\(identifier.line): \(identifier.name)")
            }
        }
        report(faults)
    }

    @Test("open a sentence with What, Who, Whom or Whoever only in a question")
    func sentences() throws {
        var faults: [String] = []
        for file in try Repository.files(in: ["Sources", "deploy", "templates", "README.md"]) {
            for passage in try Repository.prose(of: file) {
                for sentence in Self.sentences(of: passage.text) where Self.isInverted(sentence) {
                    faults.append("\(passage.file):\(passage.line): \(sentence.prefix(90))")
                }
            }
        }
        report(faults)
    }

    @Test("cite no document that is not in the repository")
    func citations() throws {
        var faults: [String] = []
        let places = ["Sources", "Tests", "deploy", "templates", "seeds", "README.md", "Package.swift"]
        for file in try Repository.files(in: places) where !file.hasPrefix("Tests/HouseTests/") {
            let text = try Repository.text(of: file)
            guard Self.documents.contains(where: { text.contains($0) }) else { continue }
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where line.split(whereSeparator: { !$0.isLetter }).contains(where: { Self.documents.contains(String($0)) })
                && line != ".Sh STANDARDS"
            {
                faults.append("\(file):\(index + 1): \(line.trimmingCharacters(in: .whitespaces).prefix(90))")
            }
        }
        report(faults)
    }

    /// The sentences of a passage, each with the mark that ends it.
    private static func sentences(of text: String) -> [String] {
        text.split(separator: "\n").flatMap { paragraph in
            var sentences: [String] = [""]
            for word in paragraph.split(separator: " ") {
                sentences[sentences.count - 1] += sentences[sentences.count - 1].isEmpty ? String(word) : " \(word)"
                if Self.mark(at: word) != nil { sentences.append("") }
            }
            return sentences.filter { !$0.isEmpty }
        }
    }

    /// The mark that ends a sentence with this word, before any closing quotation mark or bracket.
    private static func mark(at word: some StringProtocol) -> Character? {
        word.reversed().first { !"\"'”’)*`".contains($0) }.flatMap { ".!?:".contains($0) ? $0 : nil }
    }

    private static func isInverted(_ sentence: String) -> Bool {
        let words = sentence.drop { "-*#|_“\"'(‘ ".contains($0) }
        let first = words.prefix { $0.isLetter }
        return ["What", "Who", "Whom", "Whoever", "Whatever"].contains(first) && mark(at: sentence) != "?"
    }

    private func report(_ faults: [String]) {
        #expect(faults.isEmpty, "\(faults.count):\n\(faults.joined(separator: "\n"))")
    }
}
