import Basics
import Bulletin
import Foundation

/// The format of a value, and how its text is read.
struct SettingFormat<Value: Sendable>: Sendable {
    /// In words that end the sentence "write …".
    let kind: String
    let read: @Sendable (String) throws(InvalidValue) -> Value

    init(_ kind: String, read: @escaping @Sendable (String) throws(InvalidValue) -> Value) {
        (self.kind, self.read) = (kind, read)
    }
}

/// Why a text is not in the format, with the remedy.
struct InvalidValue: Error {
    let message: String

    init(_ message: String) { self.message = message }

    init(_ text: String, _ message: String) { self.message = "\"\(legible(text))\" \(message)" }
}

extension SettingFormat {
    /// One of the words of an enumeration.
    static func choice() -> SettingFormat where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue)
        let kind = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        return SettingFormat(kind) { text throws(InvalidValue) in
            if let value = Value(rawValue: text) { return value }
            if let near = nearestName(to: text, among: words) {
                throw InvalidValue(text, "is not one of \(kind): did you mean \"\(near)\"?")
            }
            throw InvalidValue(text, "is not one of them: write \(kind)")
        }
    }
}

extension SettingFormat<Int> {
    /// Digits alone: no sign, no leading zero, none of the other notations of YAML.
    static func whole(_ bounds: ClosedRange<Int>, _ unit: String? = nil) -> SettingFormat {
        let kind = "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)" + (unit.map { " (\($0))" } ?? "")
        return SettingFormat(kind) { text throws(InvalidValue) in
            guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else {
                throw InvalidValue(text, "is not a whole number: write \(kind)")
            }
            guard text == "0" || text.utf8.first != UInt8(ascii: "0") else {
                throw InvalidValue(text, "begins with a nought: write \(kind)")
            }
            guard let value = Int(text), bounds.contains(value) else {
                throw InvalidValue(text, "is out of bounds: write \(kind)")
            }
            return value
        }
    }
}

extension SettingFormat<Bool> {
    static let flag = SettingFormat("true or false") { text throws(InvalidValue) in
        switch text {
        case "true": true
        case "false": false
        default: throw InvalidValue(text, "is neither: write true or false")
        }
    }
}

extension SettingFormat<Duration> {
    /// `30s 15m 12h 2d`, between the two.
    static func duration(_ least: String, _ most: String) -> SettingFormat {
        let kind = "a duration from \(least) to \(most), such as 30s, 15m, 12h or 2d"
        guard let low = seconds(least), let high = seconds(most) else { preconditionFailure("\(least) \(most)") }
        return SettingFormat(kind) { text throws(InvalidValue) in
            guard let value = seconds(text) else { throw InvalidValue(text, "is not a duration: write \(kind)") }
            guard (low...high).contains(value) else { throw InvalidValue(text, "is out of bounds: write \(kind)") }
            return .seconds(value)
        }
    }

    private static func seconds(_ text: String) -> Int? {
        let units: [UInt8: Int] = [
            UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86_400,
        ]
        guard let last = text.utf8.last, let unit = units[last] else { return nil }
        let digits = text.utf8.dropLast()
        guard (1...9).contains(digits.count), digits.allSatisfy(isDigit), let count = Int(text.dropLast()) else {
            return nil
        }
        return count * unit
    }
}

extension SettingFormat<TimeZone> {
    /// A name of the IANA database. Abbreviations are refused: several zones share most of them.
    static let zone = SettingFormat("the name of a time zone, such as Europe/London") { text throws(InvalidValue) in
        let known = TimeZone.knownTimeZoneIdentifiers
        if known.contains(text) || text == "UTC", let zone = TimeZone(identifier: text) { return zone }
        let folded = text.lowercased()
        let same = known.first { $0.lowercased() == folded }
        // The list has each place once, under one of its names: Asia/Calcutta, and not Asia/Kolkata.
        if same == nil, text.contains("/"), let zone = TimeZone(identifier: text) { return zone }
        let near =
            same ?? nearestName(to: text, among: known)
            ?? known.first { $0.lowercased().hasSuffix("/" + folded.replacing(" ", with: "_")) }
        if let near { throw InvalidValue(text, "is no time zone: did you mean \(near)?") }
        throw InvalidValue(
            text, "is no time zone: write its full name, such as Europe/London (abbreviations mean several)")
    }
}

extension SettingFormat<LocalDate> {
    static let date = SettingFormat("a date such as 2026-12-30") { text throws(InvalidValue) in
        guard let date = LocalDate(text) else {
            throw InvalidValue(text, "is not a date: write one such as 2026-12-30")
        }
        return date
    }
}

extension SettingFormat<LocalDateTime> {
    static let moment = SettingFormat("a date and time such as 2026-12-02 10:00") { text throws(InvalidValue) in
        guard let moment = LocalDateTime(text) else {
            throw InvalidValue(text, "is not a date and time: write both, such as 2026-12-02 10:00")
        }
        return moment
    }
}

extension SettingFormat<CheckRule> {
    /// A check that may hold an issue: advice may not.
    static let blockingCheck: SettingFormat = {
        let names = CheckRule.allCases.filter { !$0.isAdvice }.map(\.rawValue)
        let kind = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return SettingFormat(kind) { text throws(InvalidValue) in
            if let rule = CheckRule(rawValue: text) {
                guard rule.isAdvice else { return rule }
                throw InvalidValue(text, "is advice, which never holds an issue: take it out")
            }
            if let near = nearestName(to: text, among: names) {
                throw InvalidValue(text, "is no check: did you mean \"\(near)\"?")
            }
            throw InvalidValue(text, "is no check: write \(kind)")
        }
    }()
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
