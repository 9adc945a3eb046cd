import Basics
import Bulletin
import Foundation
import Journal
import Planning
import Publishing
import Records

/// What people are told of networks.
struct NetworkReport {
    private let place: CommandContext

    init(_ place: CommandContext) { self.place = place }

    /// Throws everything that is wrong with `network`; warnings are said.
    func check(_ network: Network) throws {
        let problems = network.problems()
        guard problems.allSatisfy({ $0.severity == .warning }) else { throw Problems(problems) }
        for problem in problems { Terminal.warn(Terminal.safe(problem.description)) }
    }

    func list(_ network: Network) {
        Listing.row(
            "\(network.slug)  ", styled: Terminal.styled(network.slug, .bold) + "  ", title: network.name, under: 4)
        Listing.flow("meets \(words(network))", indent: 4)
        if let next = coming(network, count: 1).first { Listing.flow("next: \(words(next))", indent: 4) }
    }

    /// The rule with its times, and their zone where it is not the bulletin's.
    func words(_ network: Network) -> String {
        network.inWords + (network.timezone == place.zone.identifier ? "" : " (\(network.timezone))")
    }

    func sayNext(_ network: Network) throws {
        let next = coming(network, count: 3)
        guard !next.isEmpty else { return print("It has no meeting to come.") }
        print("Its next meetings:")
        try list(next, of: network, indent: 2)
        guard network.announce > 0 else { return print("They are not announced: announce is 0.") }
        print(
            "Each is announced in the last \(network.announce == 1 ? "issue" : "\(network.announce) issues") before it."
        )
    }

    /// Meetings with the issues that tell of each.
    private func list(_ meetings: [Network.Meeting], of network: Network, indent: Int) throws {
        let rows = try IssueForecast(place.context).rows(at: place.now)
        let next = rows.first { [.open, .closed, .held].contains($0.state) }
        for meeting in meetings {
            let told = rows.filter { $0.tells(of: meeting, network) }.map { "issue \($0.number)" }
            var note = told.isEmpty ? "" : " (\(told.joined(separator: ", ")))"
            if told.isEmpty, network.announce > 0, let next, meeting.starts.instant(in: network.zone) <= next.sends {
                note = " (before issue \(next.number) goes out)"
            }
            Listing.flow(words(meeting) + note, indent: indent)
        }
    }

    /// Says what became of a single meeting, and what that comes to now.
    func sayLost(_ exception: Network.Exception, _ end: String) {
        let fate = exception.movedTo.map { "was moved to \($0.inWords)" } ?? "was called off"
        Terminal.warn("the meeting of \(exception.date.inWords) \(fate); \(end)")
    }

    /// Names what readers were told of meetings that `old` held and `now` does not hold any more, and how to tell them.
    func sayToldOtherwise(_ old: Network, now: Network?) throws {
        for row in try IssueForecast(place.context).rows(at: place.now) where [.sent, .sending].contains(row.state) {
            for item in row.items where item.isAnnounced && item.network == old.slug {
                let gone = item.times.filter { told in
                    told.instant(in: item.zone) > place.now && old.holds(told) && !(now?.holds(told) ?? false)
                }
                guard let first = gone.first else { continue }
                let more = gone.count > 1 ? ", and of \(Listing.count(gone.count - 1, "other"))" : ""
                print(
                    "Issue \(row.number) has told its readers of a meeting on \(first.inWords)\(more). To tell them at once:"
                )
                print("  fortnight issue correct \(row.number) --item \(item.id)")
            }
        }
    }

    func show(_ network: Network, count: Int, json: Bool) throws {
        if json { return print(line(network, count: count)) }
        list(network)
        var lines: [(String, String?)] = [
            ("first", network.starts.inWords), ("zone", network.timezone), ("rule", network.rule),
            ("announced", "\(network.announce) issues ahead"), ("place", network.place?.name),
            ("address", network.place?.address), ("access", network.place?.access), ("link", network.online?.url),
            ("dial-in", network.online?.dialIn), ("id", network.online?.id), ("organiser", network.organiser),
            ("phone", network.takingPart.phone), ("text", network.takingPart.text),
            ("letter", network.takingPart.letter), ("email", network.takingPart.email),
            ("web", network.takingPart.url), ("support", network.support),
        ]
        lines.removeAll { $0.1 == nil }
        for (name, value) in lines {
            print("    \((name + ":").padding(toLength: 12, withPad: " ", startingAt: 0))\(Terminal.safe(value ?? ""))")
        }
        print("    next meetings:")
        try list(coming(network, count: count), of: network, indent: 6)
    }

    /// In which issues readers are told what became of a meeting, and what to do where they were told otherwise.
    func sayWhoIsTold(_ network: Network, _ meeting: Network.Meeting) throws {
        let rows = try IssueForecast(place.context).rows(at: place.now)
        let coming = rows.filter { ![.sent, .sending, .skipped].contains($0.state) && $0.tells(of: meeting, network) }
        if let first = coming.first {
            print("Readers are told in issue \(first.number), on \(first.sends.inWords(in: place.zone)).")
        } else {
            let next = rows.first { [.open, .closed, .held].contains($0.state) }
            if let next, meeting.starts.instant(in: network.zone) <= next.sends {
                print(
                    "It begins before the next issue goes out, on \(next.sends.inWords(in: place.zone)): tell its people "
                        + "yourself.")
            } else {
                print("No coming issue announces that meeting yet; the issues before it will.")
            }
        }
        let gone = rows.last { row in
            [.sent, .sending].contains(row.state)
                && row.items.contains { $0.network == network.slug && ($0.days.contains(meeting.date.date)) }
        }
        guard let gone,
            let item = gone.items.first(where: {
                $0.network == network.slug && $0.days.contains(meeting.date.date)
            })
        else { return }
        print("Issue \(gone.number) has told its readers otherwise. To tell them at once:")
        print("  fortnight issue correct \(gone.number) --item \(item.id)")
    }

    /// One line of JSON.
    func line(_ network: Network, count: Int = 6) -> String {
        var lines = JSONLine()
        lines.line { line in
            line.field("slug", network.slug)
            line.field("name", network.name)
            line.field("rule", network.rule)
            line.field("words", network.inWords)
            line.field("timezone", network.timezone)
            line.field("announce", network.announce)
            line.array("meetings", coming(network, count: count)) { entry, meeting in
                entry.field("date", meeting.date.description)
                entry.field("starts", meeting.starts.instant(in: network.zone).rfc3339(in: network.zone))
                entry.nullable("ends", meeting.ends?.instant(in: network.zone).rfc3339(in: network.zone))
                entry.field("state", meeting.change.map { $0.isCancelled ? "cancelled" : "moved" } ?? "regular")
                entry.nullable("why", meeting.change?.why)
            }
        }
        return lines.text
    }

    /// The meetings that begin from now on, the called-off ones of those days among them.
    private func coming(_ network: Network, count: Int) -> [Network.Meeting] {
        let today = LocalDateTime(place.now, in: network.zone).date
        guard let last = network.dates(from: today).prefix(count).map(\.date).last else {
            return network.meetings(on: today...today.adding(days: 366)).filter(isComing).prefix(count).map { $0 }
        }
        return network.meetings(on: today...max(last, today)).filter(isComing).prefix(count).map { $0 }

        func isComing(_ meeting: Network.Meeting) -> Bool {
            meeting.starts.instant(in: network.zone) > place.now
        }
    }

    private func words(_ meeting: Network.Meeting) -> String {
        let why = meeting.change?.why.map { ": \(Terminal.safe($0))" } ?? ""
        switch meeting.change {
        case .cancelled: return Terminal.styled("\(meeting.starts.inWords), called off\(why)", .yellow)
        case .moved(let from, _):
            return Terminal.styled("\(meeting.starts.inWords), moved from \(from.inWords)\(why)", .yellow)
        case nil: return meeting.starts.inWords
        }
    }
}

extension Network {
    /// `every month on the second Tuesday at 10:00 to 11:30`
    var inWords: String {
        let rule = recurrence?.inWords ?? self.rule
        let until = ends.map { " to \($0.time)" + ($0.date > starts.date ? " of the next day" : "") } ?? ""
        return rule + (rule.contains(",") ? "," : "") + " at \(starts.time)" + until
    }
}

extension Network {
    /// Whether one of its meetings begins then, as it now stands.
    fileprivate func holds(_ time: LocalDateTime) -> Bool {
        meetings(on: time.date...time.date).contains { $0.starts == time && !$0.isCancelled }
    }
}

extension Item {
    /// Every day on which it says that it is.
    fileprivate var days: [LocalDate] { times.map(\.date) }

    fileprivate var times: [LocalDateTime] { [starts].compactMap { $0 } + alsoOn }
}

extension IssueForecast.Row {
    /// Whether it announces that meeting as it now stands.
    fileprivate func tells(of meeting: Network.Meeting, _ network: Network) -> Bool {
        items.contains { item in
            guard item.network == network.slug else { return false }
            // A queued one may have an hour of its own.
            return item.isAnnounced ? item.times.contains(meeting.starts) : item.days.contains(meeting.starts.date)
        }
    }
}
