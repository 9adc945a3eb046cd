import Bulletin
import Foundation
import Mail
import TestSupport
import Testing

/// The messages of `Returns/`, with their expected classes.
enum ReturnSamples {
    struct Expected: Sendable, CustomTestStringConvertible {
        let name: String
        let result: String
        var testDescription: String { name }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Returns")

    static let expected: [Expected] = {
        let text = (try? String(contentsOf: folder.appending(path: "expected.txt"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let fields = line.components(separatedBy: " | ")
            return Expected(name: fields[0], result: fields.dropFirst().joined(separator: " | "))
        }
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "\(name).eml")))
    }

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".eml") }
            .map { String($0.dropLast(4)) }
    }
}

@Suite("A message that came back") struct ReturnReadingTests {
    @Test("is taken for what it is", arguments: ReturnSamples.expected)
    func samples(_ expected: ReturnSamples.Expected) throws {
        let reading = ReturnReading(try ReturnSamples.bytes(expected.name))
        let found = [reading.class.rawValue, reading.recipient ?? "-", reading.status?.description ?? "-"]
        #expect(found.joined(separator: " | ") == expected.result, "\(reading.reason)")
    }

    @Test("has a line in the table, and every line a message")
    func tableIsWhole() throws {
        #expect(try Set(ReturnSamples.names()) == Set(ReturnSamples.expected.map(\.name)))
        #expect(ReturnSamples.expected.count > 50)
    }

    private func reading(_ lines: String...) -> ReturnReading {
        ReturnReading(Array(lines.joined(separator: "\n").utf8))
    }

    @Test("is set aside where it is nested a thousand deep, has a million parts or an endless header")
    func bounds() {
        let deep = (0..<1000).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
        #expect(reading(deep).overflow?.contains("nested") == true)
        let many = "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\n", count: 1_000_000)
        #expect(reading(many).overflow?.contains("parts") == true)
        let long = String(repeating: "X-Field: of a header that does not end\n", count: 100_000)
        #expect(reading(long).overflow?.contains("header") == true)
        #expect(reading("Subject: hello", "", String(repeating: "x", count: 8 << 20)).overflow == nil)
        #expect(reading(String(repeating: "-", count: 8 << 20)).class == .unknown)
    }

    @Test("takes bounded time whatever stands in it", .timeLimit(.minutes(2)))
    func mutations() throws {
        var generator = RepeatableGenerator(seed: 20)
        let samples = try ReturnSamples.expected.map { try ReturnSamples.bytes($0.name) }
        let pieces = [
            "\n--4Fq1.1796205900/mx.example.net\n", "\n\n", "\0", "=?utf-8?B?", "=?utf-8?Q?=FF?=",
            "Content-Type: multipart/mixed; boundary=\"",
            "\u{FFFD}", "\r", ";;;;\"\\", "Status: 5.", "<<<@>>>", "\u{10FFFF}", "Final-Recipient: ;", "+0024..",
            "\\x{", "<",
        ].map { Array($0.utf8) }
        for _ in 0..<3000 {
            guard var bytes = samples.randomElement(using: &generator) else { continue }
            for _ in 0..<Int.random(in: 1...12, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
                case 3: bytes.removeLast(bytes.count - place)
                case 4:
                    let end = min(bytes.count, place + Int.random(in: 0...400, using: &generator))
                    bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0..<bytes.count, using: &generator))
                default:
                    guard let other = samples.randomElement(using: &generator), !other.isEmpty else { continue }
                    bytes.replaceSubrange(place..., with: other[Int.random(in: 0..<other.count, using: &generator)...])
                }
            }
            let reading = ReturnReading(bytes)
            #expect(ServerWords.clean(reading.words).count <= ServerWords.most)
        }
    }
}
