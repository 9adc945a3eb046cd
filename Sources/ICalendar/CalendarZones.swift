import Basics
package import Foundation

/// The zones that a calendar's TZIDs stand for, whatever its program calls them: by the name itself, by the place that
/// the program says, by Windows' names, else by what its clocks do.
package struct CalendarZones {
    /// The zone of a time that names none: the calendar's own (X-WR-TIMEZONE), else the bulletin's.
    let home: TimeZone
    private let definitions: [String: CalendarComponent]
    private var known: [String: TimeZone] = [:]
    /// How many were looked up by what their clocks do.
    private var matched = 0

    package init(calendar: CalendarComponent, bulletin: TimeZone) {
        home = calendar.first("X-WR-TIMEZONE").flatMap { Self.named($0.value) } ?? bulletin
        definitions = Dictionary(
            calendar.parts.filter { $0.name == "VTIMEZONE" }.map { ($0.first("TZID")?.value ?? "", $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The zone of that TZID, as it is around `year`. Throws where it is unknown, naming `line`.
    package mutating func zone(_ id: String, year: Int, line: Int) throws(CalendarFault) -> TimeZone {
        if let zone = known[id] { return zone }
        let definition = definitions[id]
        let place = definition?.first("X-LIC-LOCATION")?.value
        var found = Self.named(id) ?? place.flatMap { Self.named($0) }
        if found == nil, let definition {
            matched += 1
            guard matched <= CalendarLimits.mostMatchedZones else {
                throw CalendarFault(
                    line: line,
                    "there are more than \(CalendarLimits.mostMatchedZones) time zones whose names are not known; export the calendar again"
                )
            }
            found = try match(definition, year: year)
        }
        guard let found else {
            throw CalendarFault(
                line: line,
                "the time zone “\(shortened(id))” is not known, and its clocks go like those of no place; in the file, "
                    + "write a place such as \(home.identifier) in its stead")
        }
        known[id] = found
        return found
    }

    // MARK: By name

    private static func named(_ written: String) -> TimeZone? {
        let name = written.trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
        if let windows = WindowsZones.zone(name) { return TimeZone(identifier: windows) }
        var parts = name.split(separator: "/")
        // Some programs put their own name and a date before the place: /example.org/20210101/Europe/London.
        while !parts.isEmpty {
            let candidate = parts.joined(separator: "/")
            if let exact = byFoldedName[candidate.lowercased()], TimeZone.isKnown(exact) {
                return TimeZone(identifier: exact)
            }
            // Another name of a place that the list has under one name only: Asia/Kolkata.
            if parts.count > 1, TimeZone.isKnown(candidate) { return TimeZone(identifier: candidate) }
            parts.removeFirst()
        }
        return nil
    }

    private static let byFoldedName: [String: String] = {
        let others = ["UTC", "GMT", "Etc/UTC", "Etc/GMT"]
        return Dictionary(
            (TimeZone.knownTimeZoneIdentifiers + others).map { ($0.lowercased(), $0) }, uniquingKeysWith: { $1 })
    }()

    // MARK: By what the clocks do

    /// The zone whose clocks show the same as those of `definition` all through `year` and the next; the home's if it
    /// is one of several.
    private func match(_ definition: CalendarComponent, year: Int) throws(CalendarFault) -> TimeZone? {
        guard let first = LocalDate(year: year, month: 1, day: 1) else { return nil }
        let changes = try Self.changes(definition, until: year + 2)
        guard !changes.isEmpty else { return nil }
        // Some twenty a year, off the days on which clocks change at the turn of an hour.
        let samples = (0..<44).map { step in
            Date(timeIntervalSince1970: TimeInterval(first.daysSinceEpoch + step * 17) * 86_400 + 43_200)
        }
        let wanted = samples.map { sample in
            changes.last { $0.at <= sample }?.offset ?? changes[0].before
        }
        let usual = ["Europe/London", "Europe/Paris", "America/New_York", "America/Chicago", "America/Los_Angeles"]
        for name in [home.identifier] + usual + TimeZone.knownTimeZoneIdentifiers {
            guard TimeZone.isKnown(name), let zone = TimeZone(identifier: name) else { continue }
            if zip(samples, wanted).allSatisfy({ zone.secondsFromGMT(for: $0) == $1 }) { return zone }
        }
        return nil
    }

    private struct Change {
        let at: Date
        let before: Int
        let offset: Int
    }

    /// When the clocks of a VTIMEZONE change, to what (RFC 5545 section 3.6.5), in order.
    private static func changes(_ zone: CalendarComponent, until year: Int) throws(CalendarFault) -> [Change] {
        var changes: [Change] = []
        for part in zone.parts {
            guard let start = part.first("DTSTART"), let before = part.first("TZOFFSETFROM").flatMap(offset),
                let after = part.first("TZOFFSETTO").flatMap(offset)
            else { continue }
            var onsets = [try CalendarMoment(start).local]
            if let rule = part.first("RRULE"), let recurrence = try? Recurrence(rule.value) {
                let steps = recurrence.steps(from: onsets[0], zone: .gmt)
                    .prefix(CalendarLimits.mostZoneEffort / recurrence.stepCost(from: onsets[0]))
                onsets += steps.lazy.compactMap { $0 }.prefix { $0.date.year <= year }
            }
            for property in part.all("RDATE") { onsets += try CalendarMoment.list(property).map(\.local) }
            changes += onsets.map {
                Change(at: $0.instant(in: .gmt) - TimeInterval(before), before: before, offset: after)
            }
        }
        return changes.sorted { $0.at < $1.at }
    }

    /// `+0100`, `-033000`
    private static func offset(_ property: ContentLine) -> Int? {
        let text = property.value.trimmingCharacters(in: .whitespaces)
        let digits = text.dropFirst()
        guard let sign = text.first, sign == "+" || sign == "-", digits.count == 4 || digits.count == 6,
            let hours = Int(digits.prefix(2)), let minutes = Int(digits.dropFirst(2).prefix(2)), hours < 24,
            minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60 + (Int(digits.dropFirst(4)) ?? 0)
        return sign == "-" ? -seconds : seconds
    }
}
