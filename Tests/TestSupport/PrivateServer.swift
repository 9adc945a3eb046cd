import Foundation

/// A real server for one test that has left our process tree: Postfix, Dovecot.
package protocol PrivateServer: Sendable {
    var master: MasterProcess { get }
    /// The server's log.
    var log: String { get }
}

extension PrivateServer {
    /// Ends the master process and, through it, the rest.
    package func stop() async { await master.end() }

    /// Waits until it listens on all of its ports; stops it if it does not.
    func waitUntilItListens() async throws {
        guard await master.listens() else {
            await stop()
            throw ServerFault.doesNotListen(log: log)
        }
    }

    /// Runs it while the body runs.
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

/// Why the server could not be started.
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

/// The process named in a file, and the ports it listens on.
package struct MasterProcess: Sendable {
    let file: String
    /// Whether its children are in its process group.
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
        // Its children hold the ports a moment longer.
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
