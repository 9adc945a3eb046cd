import Foundation

/// A real server of the test's own, which left our process tree: Postfix, Dovecot.
package protocol PrivateServer: Sendable {
    var master: MasterProcess { get }
    /// What it logged.
    var log: String { get }
}

extension PrivateServer {
    /// Ends the master process and, through it, the rest.
    package func stop() async { await master.end() }

    /// Waits until it listens on all of its ports; stops it where it does not.
    func waitUntilItListens() async throws {
        guard await master.listens() else {
            await stop()
            throw ServerFault.doesNotListen(log: log)
        }
    }

    /// Runs it for as long as the body runs.
    func during<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Self) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body(self)
            await stop()
            return result
        } catch {
            await stop()
            throw error
        }
    }
}

/// Why there is no server.
package enum ServerFault: Error, CustomStringConvertible {
    case notRoot
    case doesNotListen(log: String)

    package var description: String {
        switch self {
        case .notRoot: "This server starts as root only. Run the tests as root, or in a container."
        case .doesNotListen(let log): "The server does not listen. Its log:\n\(log)"
        }
    }

    static func unlessRoot() throws {
        guard geteuid() == 0 else { throw ServerFault.notRoot }
    }
}

/// The process that a file names, and what it listens on.
package struct MasterProcess: Sendable {
    let file: String
    /// Whether those that it started are of its process group.
    let hasGroup: Bool
    let ports: [Int]

    func listens() async -> Bool {
        await wait(.seconds(30)) { ports.allSatisfy { FreePort.answers($0) } }
    }

    func end() async {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let processID = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), processID > 1
        else { return }
        await Processes.end(processID, group: hasGroup)
        // Those that it started hold the ports a moment longer.
        _ = await wait(.seconds(10)) { !ports.contains { FreePort.answers($0) } }
    }

    private func wait(_ time: Duration, until holds: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + time
        while !holds() {
            guard ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }
}
