package import Basics
package import Foundation

/// A VEVENT (RFC 5545 section 3.6.1), its times brought into one zone.
package struct CalendarEvent {
    package let uid: String
    package let line: Int
    package let zone: TimeZone
    package let starts: LocalDateTime
    /// The date of a series that this stands in for.
    package let recurrenceID: LocalDateTime?
    package let sequence: Int
    package let isCancelled: Bool
    package let isPrivate: Bool
    package let rule: String?
    /// Dates besides the rule's.
    package private(set) var others: [LocalDateTime] = []
    private var leftOut: Set<LocalDateTime> = []
    private var leftOutDays: Set<LocalDate> = []
    private let recurrence: Recurrence?
    private let component: CalendarComponent
    package let isAllDay: Bool
    private let end: End

    private enum End {
        case none
        /// So many days after it begins, at that time of day.
        case clock(days: Int, LocalTime)
        case after(CalendarDuration)
    }

    /// Nil for a component without a beginning, which is no event. Throws where a time or a rule cannot be read.
    package init?(
        _ component: CalendarComponent, zones: inout CalendarZones, isCancelled cancelsAll: Bool
    ) throws(CalendarFault) {
        guard let property = component.first("DTSTART") else { return nil }
        let start = try CalendarMoment(property)
        let title = component.first("SUMMARY").flatMap { CalendarText.line(CalendarText.unescaped($0.value)) }
        (self.component, line, isAllDay) = (component, component.line, start.isDay)
        if case .zone(let id) = start.place {
            zone = try zones.zone(id, year: start.local.date.year, line: property.line)
        } else {
            zone = zones.home
        }
        let zone = zone
        func local(_ moment: CalendarMoment) throws(CalendarFault) -> LocalDateTime {
            switch moment.place {
            case .floating: return moment.local
            case .utc: return LocalDateTime(moment.local.instant(in: .gmt), in: zone)
            case .zone(let id):
                let own = try zones.zone(id, year: moment.local.date.year, line: component.line)
                return own == zone ? moment.local : LocalDateTime(moment.local.instant(in: own), in: zone)
            }
        }
        starts = try local(start)
        let status = component.first("STATUS")?.value.uppercased()
        isCancelled = cancelsAll || status == "CANCELLED"
        isPrivate = ["PRIVATE", "CONFIDENTIAL"].contains(component.first("CLASS")?.value.uppercased() ?? "")
        sequence = component.first("SEQUENCE").flatMap { Int($0.value) }.map { min(max($0, 0), 1_000_000) } ?? 0
        uid =
            component.first("UID").flatMap { CalendarText.line(CalendarText.unescaped($0.value)) }
            ?? "\(start.local) \(title ?? "")"
        guard uid.utf8.count <= CalendarLimits.longestUID else {
            throw CalendarFault(
                line: component.line,
                "has a UID of more than \(CalendarLimits.longestUID) bytes; export the calendar again")
        }
        if let property = component.first("RECURRENCE-ID") {
            guard property.parameters["RANGE"] == nil else {
                throw CalendarFault(
                    line: property.line,
                    "changes “\(shortened(title ?? uid))” from one date on (RANGE), which cannot be read here; in the "
                        + "calendar, end the series before it and begin another")
            }
            let moment = try CalendarMoment(property)
            let date = try local(moment)
            recurrenceID = date
        } else {
            recurrenceID = nil
        }
        (rule, recurrence) = try Self.recurrence(component, title: shortened(title ?? uid))
        if let property = component.first("DTEND") {
            let moment = try CalendarMoment(property)
            let ends = try local(moment)
            let days = ends.date.daysSinceEpoch - starts.date.daysSinceEpoch
            end = ends > starts && days < 3660 ? .clock(days: days, ends.time) : .none
        } else if let duration = component.first("DURATION").flatMap({ CalendarDuration($0.value) }) {
            end = .after(duration)
        } else {
            end = start.isDay ? .clock(days: 1, CalendarMoment.midnight) : .none
        }
        for property in component.all("RDATE") {
            for moment in try CalendarMoment.list(property) { others.append(try local(moment)) }
        }
        for property in component.all("EXDATE") {
            for moment in try CalendarMoment.list(property) {
                if moment.isDay { leftOutDays.insert(moment.local.date) } else { leftOut.insert(try local(moment)) }
            }
        }
    }

    private static func recurrence(
        _ component: CalendarComponent, title: String
    ) throws(CalendarFault) -> (String?, Recurrence?) {
        if let property = component.first("EXRULE") {
            throw CalendarFault(
                line: property.line,
                "“\(title)” leaves dates out by a rule (EXRULE); in the calendar, leave them out singly")
        }
        let rules = component.all("RRULE")
        guard let property = rules.first else { return (nil, nil) }
        guard rules.count == 1 else {
            throw CalendarFault(
                line: rules[1].line, "“\(title)” has two rules; in the calendar, make two events of it")
        }
        do {
            return (property.value, try Recurrence(property.value))
        } catch {
            throw CalendarFault(line: property.line, "“\(title)”: \(error)")
        }
    }

    // MARK: Dates

    package var isSeries: Bool { recurrence != nil || !others.isEmpty }
    package var isEndless: Bool { recurrence?.isEndless ?? false }

    /// Lazy: the first, though the rule may not have it, and those that the rule gives; a nil for each step without
    /// one, which costs ``stepCost`` days to look at.
    package var steps: AnySequence<LocalDateTime?> {
        let rule = recurrence
        let (first, zone) = (starts, zone)
        return AnySequence { () -> AnyIterator<LocalDateTime?> in
            var isFirst = true
            let ruled = rule.map { AnySequence($0.steps(from: first, zone: zone)).makeIterator() }
            return AnyIterator { () -> LocalDateTime?? in
                if isFirst {
                    isFirst = false
                    return .some(first)
                }
                guard let next = ruled?.next() else { return nil }
                return .some(next == first ? nil : next)
            }
        }
    }

    package var stepCost: Int { recurrence?.stepCost(from: starts) ?? 1 }

    package func isLeftOut(_ date: LocalDateTime) -> Bool { leftOut.contains(date) || leftOutDays.contains(date.date) }

    /// The name of one date of a series: the UID, and the date that the rule gives it.
    package func key(_ date: LocalDateTime) -> String {
        "\(uid)#\(date.description.filter { $0 != "-" && $0 != ":" })"
    }

    // MARK: Properties

    /// SUMMARY, on one line.
    package var title: String? { text("SUMMARY").flatMap(CalendarText.line) }

    /// For messages: the title, else the UID.
    package var shownTitle: String { shortened(title ?? uid) }

    /// The text of the first property of that name.
    package func text(_ name: String) -> String? { property(name).map { CalendarText.unescaped($0.value) } }

    package func property(_ name: String) -> ContentLine? { component.first(name) }

    package func properties(_ name: String) -> [ContentLine] { component.all(name) }

    /// When it ends if it begins at `starts`; nil where it has no end, or one before its beginning.
    package func ends(after starts: LocalDateTime) -> LocalDateTime? {
        let ends: LocalDateTime? =
            switch end {
            case .none: nil
            case .clock(let days, let time): LocalDateTime(starts.date.adding(days: days), time)
            case .after(let duration): duration.end(from: starts, in: zone)
            }
        return ends.flatMap { $0 > starts ? $0 : nil }
    }
}
