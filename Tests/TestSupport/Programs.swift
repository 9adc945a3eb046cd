import Foundation

/// Finds programs.
package enum Programs {
    /// A program of this package, as built: in the folder named by `FORTNIGHT_PROGRAMS`, otherwise beside the tests. If
    /// it is missing, the error gives the command that builds it.
    package static func ours(_ name: String) throws -> String {
        let folder =
            ProcessInfo.processInfo.environment["FORTNIGHT_PROGRAMS"]
            ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
        let path = "\(folder)/\(name)"
        guard access(path, X_OK) == 0 else {
            throw ProgramRun.Fault.missing(path, remedy: "Build it: swift build --product \(name)")
        }
        return path
    }

    /// Python with dkimpy, in the environment that `deploy/test` makes.
    package static func python() throws -> String {
        let path = ProcessInfo.processInfo.environment["FORTNIGHT_BROWSER_PYTHON"] ?? ".build-browser/bin/python"
        guard access(path, X_OK) == 0 else {
            throw ProgramRun.Fault.missing(
                path,
                remedy: "Make it: python3 -m venv .build-browser && .build-browser/bin/pip install dkimpy[ed25519]")
        }
        return path
    }

    /// Python with Selenium and axe, in the environment that `deploy/test` makes.
    package static func browserPython() throws -> String {
        let path = ProcessInfo.processInfo.environment["FORTNIGHT_BROWSER_PYTHON"] ?? ".build-browser/bin/python"
        _ = try system("chromedriver", package: "chromium-driver")
        guard access(path, X_OK) == 0 else {
            throw ProgramRun.Fault.missing(
                path,
                remedy: "Make it: python3 -m venv .build-browser && .build-browser/bin/pip install selenium && "
                    + ".build-browser/bin/pip install --no-deps axe-playwright-python")
        }
        return path
    }

    /// A program of the system: in `PATH`, or in the folders for administrators. If it is missing, the error gives the
    /// command that installs its Debian package.
    package static func system(_ name: String, package: String) throws -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in folders + ["/usr/sbin", "/sbin", "/usr/bin"] where access("\(folder)/\(name)", X_OK) == 0 {
            return "\(folder)/\(name)"
        }
        throw ProgramRun.Fault.missing(name, remedy: "Install it: apt-get install \(package)")
    }
}
