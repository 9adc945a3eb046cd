import Bulletin
import Foundation
import Testing

@testable import Basics
@testable import Curl
@testable import SMTP

/// One file of `Dialogues`, read. See the folder's README for the form.
struct DialogueScript: CustomStringConvertible, Sendable {
    enum Step: Equatable {
        case client(String)
        case server(String)
        case cut, silence, leave
    }

    let name: String
    var description: String { name }
    private(set) var extensions = ServerExtensions()
    private(set) var messages = 1000
    private(set) var letters: [OutgoingMessage] = []
    private(set) var steps: [Step] = []
    private(set) var outcomes: [String] = []
    private(set) var returned: [String] = []
    private(set) var isOver = false

    struct Malformed: Error {
        let line: String
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Dialogues")

    static func all() throws -> [DialogueScript] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "txt" }
            .sorted { $0.path < $1.path }
            .map { try DialogueScript(name: $0.lastPathComponent, text: String(contentsOf: $0, encoding: .utf8)) }
    }

    init(name: String, text: String) throws {
        self.name = name
        for line in text.split(separator: "\n") where !line.hasPrefix("#") { try read(String(line)) }
    }

    private mutating func read(_ line: String) throws {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "offers":
            extensions = ServerExtensions(ehlo: ["relay.example.org"] + rest.components(separatedBy: ", "))
        case "messages": messages = Int(rest) ?? messages
        case "letter":
            let parts = rest.split(separator: " ").map(String.init)
            letters.append(
                try Self.letter(parts[0], to: parts.count > 1 ? parts[1] : "\(parts[0])@example.org", size: nil))
        case "size":
            guard let last = letters.popLast() else { throw Malformed(line: line) }
            let parts = rest.split(separator: " ").map(String.init)
            letters.append(try Self.letter(parts[0], to: last.recipient.wire, size: Int(parts[1])))
        case "C:": steps.append(.client(rest))
        case "S:": steps.append(.server(rest))
        case "cut": steps.append(.cut)
        case "silence": steps.append(.silence)
        case "leave": steps.append(.leave)
        case "=": outcomes.append(rest)
        case "returned": returned = rest.split(separator: " ").map(String.init)
        case "over": isOver = true
        default: throw Malformed(line: line)
        }
    }

    /// The id for a message's name, whose first character it contains.
    static func id(_ name: String) -> SubscriberID { SubscriberID(high: UInt64(name.utf8.first ?? 0), low: 0) }

    static func name(_ id: SubscriberID) -> String { String(UnicodeScalar(UInt8(id.high))) }

    static func letter(_ name: String, to address: String, size: Int?) throws -> OutgoingMessage {
        let data = Array("Letter \(name).\r\n".utf8)
        return OutgoingMessage(
            id: id(name), sender: try EmailAddress("bounces@example.org"), recipient: try EmailAddress(address),
            data: data, size: size ?? data.count)
    }
}

/// Plays a script against the dialogue and notes the differences.
struct DialogueRun {
    let script: DialogueScript
    /// Feed every byte of a reply by itself.
    let isByteWise: Bool
    private var dialogue: SubmissionDialogue
    private var letters: [OutgoingMessage]
    private var said: [UInt8] = []
    private var settled: [(SubscriberID, Outcome)] = []
    private var returned: [OutgoingMessage] = []

    init(_ script: DialogueScript, isByteWise: Bool) {
        (self.script, self.isByteWise) = (script, isByteWise)
        dialogue = SubmissionDialogue(extensions: script.extensions, messages: script.messages)
        letters = script.letters
    }

    mutating func play() {
        pump()
        say()
        var expected = ""
        var replies = ""
        for step in script.steps {
            if case .server(let line) = step {
                if replies.isEmpty { compare(&expected) }
                replies += line + "\r\n"
                continue
            }
            hear(&replies)
            switch step {
            case .client(let line): expected += line + "\r\n"
            case .cut: dialogue.end(.lost("the connection was cut"))
            case .silence: dialogue.end(.overdue("the relay kept silent"))
            case .leave: dialogue.leave()
            case .server: break
            }
            if [.cut, .silence, .leave].contains(step) { compare(&expected) }
        }
        hear(&replies)
        compare(&expected)
        collect()
        #expect(settled.map(Self.line) == script.outcomes)
        #expect(returned.map { DialogueScript.name($0.id) } == script.returned)
        #expect(dialogue.isOver == script.isOver)
    }

    private mutating func compare(_ expected: inout String) {
        say()
        #expect(String(decoding: said, as: UTF8.self) == expected)
        said = []
        expected = ""
    }

    private mutating func hear(_ replies: inout String) {
        guard !replies.isEmpty else { return }
        let bytes = Array(replies.utf8)
        for part in isByteWise ? bytes.map({ [$0] }) : [bytes] {
            part.withUnsafeBytes { dialogue.receive($0) }
            pump()
        }
        replies = ""
        say()
    }

    private mutating func pump() {
        collect()
        while dialogue.wantsMessage, !letters.isEmpty {
            let letter = letters.removeFirst()
            if let refusal = dialogue.take(letter) { settled.append((letter.id, refusal)) }
        }
    }

    private mutating func say() {
        withUnsafeTemporaryAllocation(byteCount: 7, alignment: 1) { buffer in
            while dialogue.hasOutput {
                let count = dialogue.fill(buffer)
                said += buffer[..<count]
                dialogue.carried += count
            }
        }
    }

    private mutating func collect() { dialogue.collect(settled: &settled, returned: &returned) }

    private static func line(_ settled: (SubscriberID, Outcome)) -> String {
        let (id, outcome) = settled
        let enhanced = outcome.reply.enhanced?.description ?? "-"
        return "\(DialogueScript.name(id)) \(outcome.state) \(outcome.reply.code) \(enhanced) \(outcome.reply.text)"
    }
}
