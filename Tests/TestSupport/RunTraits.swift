import Foundation
package import Testing

/// Which tests a run takes: the environment variable `FORTNIGHT_TESTS`.
///
/// `swift test` by itself sets none: it takes the tests that need neither our programs, nor a mail server, nor a tool that
/// `deploy/test` installs. `deploy/test` takes every test once, in two parts: those without a trait of this file and those
/// that need only a server or a tool side by side, the rest one by one.
package enum TestRun: String {
    case all
    case sideBySide = "side-by-side"
    case oneByOne = "one-by-one"

    /// The variables that speak to the tests. Our programs would take them for settings that they do not know.
    package static let variables: Set<String> = [
        "FORTNIGHT_TESTS", "FORTNIGHT_PROGRAMS", "FORTNIGHT_BROWSER_PYTHON", "FORTNIGHT_SLOW", "FORTNIGHT_RECORD",
    ]

    /// The reason with which the part that runs side by side leaves out the other; `deploy/test` looks for it.
    private static let setAside = "set aside to run one by one"

    private struct Unknown: Error, CustomStringConvertible {
        let description: String
    }

    /// The run that the environment asks for; nil where it names none.
    private static func current() throws -> TestRun? {
        guard let name = ProcessInfo.processInfo.environment["FORTNIGHT_TESTS"], !name.isEmpty else { return nil }
        guard let run = TestRun(rawValue: name) else {
            throw Unknown(description: "FORTNIGHT_TESTS is \(name): use all, side-by-side or one-by-one.")
        }
        return run
    }

    /// A test that only `deploy/test` is ready for (`prepared`), or that wants the machine for itself (`alone`).
    fileprivate static func condition(
        _ reason: String, prepared: Bool, alone: Bool
    ) -> ConditionTrait {
        let run = try? current()
        let comment =
            run == .sideBySide ? setAside : "\(reason): run deploy/test, or swift test with FORTNIGHT_TESTS=all"
        return .enabled(Comment(rawValue: comment)) {
            switch try current() {
            case nil: !prepared
            case .sideBySide: !alone
            case .oneByOne, .all: true
            }
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs our programs as built. With several at once, two processors are few for the times that they keep.
    package static var wholePrograms: Self {
        TestRun.condition("runs whole programs", prepared: true, alone: true)
    }

    /// Starts a real Postfix or Dovecot, as root.
    package static var mailServer: Self {
        TestRun.condition("starts a mail server", prepared: true, alone: false)
    }

    /// Needs a tool that `deploy/test` installs.
    package static var installedTool: Self {
        TestRun.condition("needs a tool that deploy/test installs", prepared: true, alone: false)
    }

    /// Waits for time limits, or computes for so long that others would miss theirs.
    package static var alone: Self {
        TestRun.condition("wants the processors for itself", prepared: false, alone: true)
    }
}
