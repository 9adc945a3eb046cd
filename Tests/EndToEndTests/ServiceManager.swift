import TestSupport

/// Replaces systemd: a socket that receives a daemon's notifications, and records a line for each.
struct ServiceManager {
    let run: ProgramRun
    /// The environment for the daemon; its watchdog interval is one second.
    let environment: [String: String]

    init(in scratch: String) async throws {
        let listener = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); s.settimeout(120)
            print('bound', flush=True)
            while True:
                words = s.recv(4096).decode(); print(words, flush=True)
                if words.startswith('STOPPING'): break
            """
        let socket = "\(scratch)/notify"
        run = try ProgramRun(Programs.system("python3", package: "python3"), ["-c", listener, socket])
        environment = ["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "1000000"]
        _ = try await run.line(holding: "bound")
    }

    /// How often that notification came.
    func times(_ word: String) -> Int { run.output.split(separator: "\n").count { $0.hasPrefix(word) } }

    /// Waits until that notification comes once more.
    func hears(_ word: String, after count: Int) async throws {
        try await LivingBulletin.wait(for: "one more \(word) after \(count)") { times(word) > count }
    }
}
