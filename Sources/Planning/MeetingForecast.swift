package import Basics
package import Bulletin
package import Foundation

/// In which issue readers are told of a network's meeting.
package enum MeetingForecast: Hashable, Sendable {
    case issue(IssueNumber, sends: Date)
    /// It begins before the next issue goes out, then.
    case beforeNextIssue(sends: Date)
    /// The issues before it will, and are too far ahead to be foretold.
    case later

    package init(_ meeting: Network.Meeting, of network: Network, in rows: [IssueForecast.Row]) {
        if let first = rows.first(where: { $0.isAhead && $0.announces(meeting, of: network) }) {
            self = .issue(first.number, sends: first.sends)
        } else if let next = rows.first(where: \.isAhead), meeting.starts.instant(in: network.zone) <= next.sends {
            self = .beforeNextIssue(sends: next.sends)
        } else {
            self = .later
        }
    }
}

extension IssueForecast.Row {
    /// Whether it announces that meeting as it now stands.
    package func announces(_ meeting: Network.Meeting, of network: Network) -> Bool {
        items.contains { item in
            guard item.network == network.slug else { return false }
            // A queued one may have an hour of its own.
            return item.isAnnounced ? item.times.contains(meeting.starts) : item.days.contains(meeting.starts.date)
        }
    }
}

extension Item {
    /// Every time at which it says that it begins.
    package var times: [LocalDateTime] { [starts].compactMap { $0 } + alsoOn }

    /// Every day on which it says that it begins.
    package var days: [LocalDate] { times.map(\.date) }
}

extension Network {
    /// Its meetings that begin after `now`, the called-off ones of those days among them.
    package func coming(_ count: Int, after now: Date) -> [Meeting] {
        let today = LocalDateTime(now, in: zone).date
        let last = dates(from: today).prefix(count).map(\.date).last
        let days = today...max(last ?? today.adding(days: 366), today)
        return Array(meetings(on: days).filter { $0.starts.instant(in: zone) > now }.prefix(count))
    }

    /// Whether one of its meetings, as they now stand, begins then.
    package func meets(then time: LocalDateTime) -> Bool {
        meetings(on: time.date...time.date).contains { $0.starts == time && !$0.isCancelled }
    }
}
