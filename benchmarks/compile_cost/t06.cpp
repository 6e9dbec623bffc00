// Yardstick "all includes": what a program pays that includes the libraries whole and does nothing.
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/json.hpp>

int main() {}
