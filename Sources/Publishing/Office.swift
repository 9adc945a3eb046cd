package import Bulletin
package import Composition
package import Foundation
package import Records
package import Settings

/// What every step of the workflow works with: the configuration, the state folder, and how an issue is printed.
package struct Office: Sendable {
    package let configuration: Configuration
    package let folder: StateFolder

    package init(configuration: Configuration, folder: StateFolder) {
        (self.configuration, self.folder) = (configuration, folder)
    }

    package var zone: TimeZone { configuration.schedule.timezone }
    package var masthead: Masthead { configuration.masthead }

    /// Reads the templates anew: an operator may have changed them.
    package func press() throws -> Press {
        Press(masthead: masthead, templates: try TemplateSet(folder: configuration.templates))
    }

    package func timetable() throws -> Timetable {
        Timetable(
            cadence: configuration.cadence, latest: configuration.schedule.latest.seconds,
            needsApproval: configuration.schedule.release == .approval, began: try folder.began())
    }

    /// How every issue that has a folder stands.
    package func standings() throws -> [IssueNumber: Timetable.Standing] {
        var standings: [IssueNumber: Timetable.Standing] = [:]
        for number in try folder.issues.list() {
            guard let standing = try folder.issues.standing(number) else { continue }
            let sends = try folder.issues.issue(number)?.sends ?? standing.since
            standings[number] = Timetable.Standing(sends: sends, state: standing.state, released: standing.released)
        }
        return standings
    }
}

extension Duration {
    /// As a number of seconds, fractions included.
    package var seconds: TimeInterval {
        TimeInterval(components.seconds) + TimeInterval(components.attoseconds) / 1e18
    }
}
